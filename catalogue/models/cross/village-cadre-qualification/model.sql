WITH serving AS (
  SELECT DISTINCT
    o.person_id,
    o.village_code,
    o.position,
    q.area_code,
    q.lists,
    CAST(r.as_of - q.years * INTERVAL '1' YEAR AS DATE) AS since,
    r.as_of
  FROM in_office AS o
  LEFT JOIN param AS own
    ON own.area_code = o.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE o.person_id <> ''
    AND o.village_code <> ''
    AND o.category IN ('village_committee', 'village_party', 'village_supervision')
    AND (o.from_date IS NULL OR o.from_date <= r.as_of)
    AND (o.to_date IS NULL OR o.to_date >= r.as_of)
), record AS (
  SELECT DISTINCT
    s.person_id,
    s.village_code,
    'criminal_judgment' AS reason,
    j.case_no AS record_no,
    j.effective_date AS record_date
  FROM serving AS s
  JOIN criminal_judgment AS j
    ON j.subject_id = s.person_id
  WHERE j.effective_date > s.since
    AND j.effective_date <= s.as_of
  UNION ALL
  SELECT DISTINCT
    s.person_id,
    s.village_code,
    'integrity_case' AS reason,
    i.case_no AS record_no,
    i.filed_date AS record_date
  FROM serving AS s
  JOIN integrity_case AS i
    ON i.person_id = s.person_id
  WHERE i.discipline <> ''
    AND i.discipline <> 'none'
    AND (i.filed_date IS NULL OR i.filed_date <= s.as_of)
    AND (i.effect_until >= s.as_of OR (i.effect_until IS NULL AND i.filed_date > s.since))
  UNION ALL
  SELECT DISTINCT
    s.person_id,
    s.village_code,
    'enforcement' AS reason,
    e.case_no AS record_no,
    e.in_date AS record_date
  FROM serving AS s
  JOIN enforcement AS e
    ON e.subject_id = s.person_id
  WHERE STRPOS('|' || s.lists || '|', '|' || NULLIF(e.list_type, '') || '|') > 0
    AND e.in_date <= s.as_of
    AND (e.out_date IS NULL OR e.out_date > s.as_of)
), ranked AS (
  SELECT
    c.person_id,
    c.village_code,
    c.reason,
    c.record_no,
    c.record_date,
    ROW_NUMBER() OVER (
      PARTITION BY c.person_id, c.village_code
      ORDER BY CASE WHEN c.record_date IS NULL THEN 1 ELSE 0 END, c.record_date DESC, c.record_no, c.reason
    ) AS rank
  FROM record AS c
), listed AS (
  SELECT
    k.person_id,
    k.village_code,
    CONCAT_WS(
      ',',
      MAX(CASE WHEN k.reason = 'criminal_judgment' THEN k.reason END),
      MAX(CASE WHEN k.reason = 'enforcement' THEN k.reason END),
      MAX(CASE WHEN k.reason = 'integrity_case' THEN k.reason END)
    ) AS reasons,
    MAX(CASE WHEN k.rank = 1 THEN k.record_no END) AS record_no,
    MAX(CASE WHEN k.rank = 1 THEN k.record_date END) AS record_date
  FROM ranked AS k
  GROUP BY k.person_id, k.village_code
), post AS (
  SELECT
    s.person_id,
    s.village_code,
    s.area_code,
    STRING_AGG(s.position, ',' ORDER BY s.position) AS position
  FROM serving AS s
  GROUP BY s.person_id, s.village_code, s.area_code
)
SELECT
  l.person_id,
  l.village_code,
  p.area_code,
  p.position,
  l.reasons,
  l.record_no,
  l.record_date,
  'red' AS grade
FROM listed AS l
JOIN post AS p
  ON p.person_id = l.person_id
 AND p.village_code = l.village_code
