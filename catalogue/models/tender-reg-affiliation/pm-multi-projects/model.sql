-- the alert stands on the contract that began later; both ends of a period count as worked days
-- a contract without a start date, or of an unknown tender, cannot be placed and is not compared
WITH post AS (
  SELECT
    c.pm_person_id AS person_id,
    c.contract_id,
    c.section_id,
    s.tender_id,
    c.start_date,
    CASE WHEN c.actual_end <= r.as_of THEN c.actual_end ELSE r.as_of END AS last_day,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM tender_contract AS c
  JOIN tender_section AS s
    ON s.section_id = c.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE (t.status IS NULL OR t.status <> 'cancelled')
    AND c.pm_person_id <> ''
    AND s.tender_id <> ''
    AND c.start_date <= r.as_of
), meeting AS (
  SELECT
    l.person_id,
    l.contract_id,
    l.section_id,
    e.contract_id AS other_contract_id,
    e.section_id AS other_section_id,
    l.area_code,
    DATE_DIFF('day', l.start_date, LEAST(l.last_day, e.last_day)) + 1 AS shared_days
  FROM post AS l
  JOIN post AS e
    ON e.person_id = l.person_id
  WHERE e.tender_id <> l.tender_id
    AND (e.start_date < l.start_date OR (e.start_date = l.start_date AND e.contract_id < l.contract_id))
), seen AS (
  -- checks of the few whose contracts meet: two days of everybody are not held side by side
  SELECT
    x.person_id,
    x.section_id,
    x.check_time
  FROM site_attendance AS x
  WHERE EXISTS (SELECT 1 FROM meeting AS m WHERE m.person_id = x.person_id)
), both_sites AS (
  SELECT DISTINCT
    m.person_id,
    m.contract_id,
    m.other_contract_id
  FROM meeting AS m
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = m.area_code
  JOIN seen AS x
    ON x.person_id = m.person_id
   AND x.section_id = m.section_id
  JOIN seen AS y
    ON y.person_id = m.person_id
   AND y.section_id = m.other_section_id
  WHERE CAST(x.check_time AS DATE) = CAST(y.check_time AS DATE)
    AND CAST(x.check_time AS DATE) <= r.as_of
    AND y.check_time < x.check_time + q.hours * INTERVAL '1' HOUR
    AND x.check_time < y.check_time + q.hours * INTERVAL '1' HOUR
)
SELECT
  m.person_id,
  m.contract_id,
  STRING_AGG(m.other_contract_id, ',' ORDER BY m.other_contract_id) AS overlapping_contracts,
  MAX(GREATEST(m.shared_days, 0)) AS overlap_days,
  CASE WHEN COUNT(b.contract_id) > 0 THEN 1 + COUNT(DISTINCT CASE WHEN b.contract_id IS NOT NULL THEN m.other_section_id END) ELSE 0 END AS same_day_sites,
  m.area_code,
  'yellow' AS grade
FROM meeting AS m
JOIN param AS q
  ON q.area_code = m.area_code
LEFT JOIN both_sites AS b
  ON b.person_id = m.person_id
 AND b.contract_id = m.contract_id
 AND b.other_contract_id = m.other_contract_id
WHERE m.shared_days >= q.min_overlap_days
   OR b.contract_id IS NOT NULL
GROUP BY m.person_id, m.contract_id, m.area_code
