-- a bidder of a section is one that listed somebody in bid_team
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH bidder AS (
  SELECT DISTINCT
    m.section_id,
    m.bidder_id
  FROM bid_team AS m
), listed AS (
  SELECT DISTINCT
    m.section_id,
    m.bidder_id,
    m.person_id
  FROM bid_team AS m
  WHERE m.person_id <> ''
), pair AS (
  SELECT
    a.section_id,
    a.bidder_id AS company_id_a,
    b.bidder_id AS company_id_b,
    CAST(t.bid_deadline AS DATE) AS deadline,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM bidder AS a
  JOIN bidder AS b
    ON b.section_id = a.section_id
   AND b.bidder_id > a.bidder_id
  LEFT JOIN tender_section AS s
    ON s.section_id = a.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), side AS (
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.company_id_a AS own_id,
    p.company_id_b AS other_id,
    p.deadline,
    p.area_code
  FROM pair AS p
  UNION ALL
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.company_id_b AS own_id,
    p.company_id_a AS other_id,
    p.deadline,
    p.area_code
  FROM pair AS p
), sign AS (
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    'person' AS reason,
    x.person_id,
    CAST(NULL AS VARCHAR) AS phone
  FROM pair AS p
  JOIN listed AS x
    ON x.section_id = p.section_id
   AND x.bidder_id = p.company_id_a
  JOIN listed AS y
    ON y.section_id = p.section_id
   AND y.bidder_id = p.company_id_b
   AND y.person_id = x.person_id
  UNION ALL
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    'phone' AS reason,
    CAST(NULL AS VARCHAR) AS person_id,
    x.phone
  FROM pair AS p
  JOIN bid_team AS x
    ON x.section_id = p.section_id
   AND x.bidder_id = p.company_id_a
  JOIN bid_team AS y
    ON y.section_id = p.section_id
   AND y.bidder_id = p.company_id_b
   AND y.phone = x.phone
  WHERE x.phone <> ''
  UNION ALL
  SELECT
    d.section_id,
    d.company_id_a,
    d.company_id_b,
    d.area_code,
    'insurance' AS reason,
    l.person_id,
    CAST(NULL AS VARCHAR) AS phone
  FROM side AS d
  JOIN param AS q
    ON q.area_code = d.area_code
  JOIN listed AS l
    ON l.section_id = d.section_id
   AND l.bidder_id = d.own_id
  JOIN social_insurance AS i
    ON i.person_id = l.person_id
   AND i.company_id = d.other_id
   AND i.ins_type = 'pension'
   AND CAST(DATE_TRUNC('month', i.month) AS DATE) >= CAST(d.deadline - q.month_window * INTERVAL '1' MONTH AS DATE)
   AND CAST(DATE_TRUNC('month', i.month) AS DATE) < d.deadline
  WHERE NOT EXISTS (
    SELECT 1
    FROM listed AS o
    WHERE o.section_id = d.section_id
      AND o.bidder_id = d.other_id
      AND o.person_id = l.person_id
  )
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
