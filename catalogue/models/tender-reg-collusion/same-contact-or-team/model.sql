-- a bidder of a section is one that listed somebody in bid_team
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH twice AS (
  -- that two lists of a section have anything in common is rare: values met twice come first, so that few rows are joined
  SELECT m.section_id, 'person' AS reason, m.person_id AS value
  FROM bid_team AS m
  WHERE m.person_id <> ''
  GROUP BY m.section_id, m.person_id
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT m.section_id, 'phone' AS reason, m.phone AS value
  FROM bid_team AS m
  WHERE m.phone <> ''
  GROUP BY m.section_id, m.phone
  HAVING COUNT(*) > 1
), met AS (
  SELECT DISTINCT
    w.section_id,
    w.reason,
    w.value,
    m.bidder_id
  FROM twice AS w
  JOIN bid_team AS m
    ON m.section_id = w.section_id
  WHERE w.value = CASE w.reason WHEN 'person' THEN m.person_id ELSE m.phone END
), employer AS (
  SELECT
    i.person_id,
    i.company_id
  FROM social_insurance AS i
  WHERE i.ins_type = 'pension'
  GROUP BY i.person_id, i.company_id
), elsewhere AS (
  -- most are insured by the bidder that lists them, so that few are left to be compared with the other bidders
  SELECT DISTINCT
    m.section_id,
    m.bidder_id,
    m.person_id,
    e.company_id
  FROM bid_team AS m
  JOIN employer AS e
    ON e.person_id = m.person_id
   AND e.company_id <> m.bidder_id
  WHERE m.person_id <> ''
), rival AS (
  -- another bidder of the section insured him and does not list him
  SELECT
    l.section_id,
    l.bidder_id AS own_id,
    l.company_id AS other_id,
    l.person_id
  FROM elsewhere AS l
  JOIN bid_team AS o
    ON o.section_id = l.section_id
   AND o.bidder_id = l.company_id
  GROUP BY l.section_id, l.bidder_id, l.company_id, l.person_id
  HAVING MAX(CASE WHEN o.person_id = l.person_id THEN 1 ELSE 0 END) = 0
), hired AS (
  SELECT
    v.section_id,
    v.own_id,
    v.other_id,
    v.person_id,
    i.month
  FROM rival AS v
  JOIN social_insurance AS i
    ON i.person_id = v.person_id
   AND i.company_id = v.other_id
   AND i.ins_type = 'pension'
), shared AS (
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.reason,
    CASE WHEN x.reason = 'person' THEN x.value END AS person_id,
    CASE WHEN x.reason = 'phone' THEN x.value END AS phone,
    CAST(NULL AS DATE) AS month
  FROM met AS x
  JOIN met AS y
    ON y.section_id = x.section_id
   AND y.reason = x.reason
   AND y.value = x.value
   AND y.bidder_id > x.bidder_id
  UNION ALL
  SELECT
    h.section_id,
    CASE WHEN h.own_id < h.other_id THEN h.own_id ELSE h.other_id END AS company_id_a,
    CASE WHEN h.own_id < h.other_id THEN h.other_id ELSE h.own_id END AS company_id_b,
    'insurance' AS reason,
    h.person_id,
    CAST(NULL AS VARCHAR) AS phone,
    CAST(DATE_TRUNC('month', h.month) AS DATE) AS month
  FROM hired AS h
), placed AS (
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.reason,
    p.person_id,
    p.phone,
    p.month,
    CAST(t.bid_deadline AS DATE) AS deadline,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM shared AS p
  LEFT JOIN tender_section AS s
    ON s.section_id = p.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), sign AS (
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    p.reason,
    p.person_id,
    p.phone
  FROM placed AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE p.reason <> 'insurance'
     OR (p.month >= CAST(p.deadline - q.month_window * INTERVAL '1' MONTH AS DATE) AND p.month < p.deadline)
), said AS (
  -- one row a value, because several ordered DISTINCT lists in one SELECT fail on the second engine
  SELECT DISTINCT g.section_id, g.company_id_a, g.company_id_b, g.area_code, 'reason' AS kind, g.reason AS value
  FROM sign AS g
  UNION ALL
  SELECT DISTINCT g.section_id, g.company_id_a, g.company_id_b, g.area_code, 'person' AS kind, g.person_id AS value
  FROM sign AS g
  WHERE g.person_id IS NOT NULL
  UNION ALL
  SELECT DISTINCT g.section_id, g.company_id_a, g.company_id_b, g.area_code, 'phone' AS kind, g.phone AS value
  FROM sign AS g
  WHERE g.phone IS NOT NULL
)
SELECT
  d.section_id,
  d.company_id_a,
  d.company_id_b,
  STRING_AGG(CASE WHEN d.kind = 'person' THEN d.value END, ',' ORDER BY d.value) AS person_ids,
  STRING_AGG(CASE WHEN d.kind = 'phone' THEN d.value END, ',' ORDER BY d.value) AS phones,
  STRING_AGG(CASE WHEN d.kind = 'reason' THEN d.value END, ',' ORDER BY d.value) AS reasons,
  d.area_code,
  'red' AS grade
FROM said AS d
GROUP BY d.section_id, d.company_id_a, d.company_id_b, d.area_code
