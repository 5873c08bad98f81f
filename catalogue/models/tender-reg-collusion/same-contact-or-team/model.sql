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
), elsewhere AS (
  -- most are insured by the bidder that lists them, so that few are left to be compared with the other bidders
  SELECT DISTINCT
    l.section_id,
    l.bidder_id,
    l.person_id,
    i.company_id,
    i.month
  FROM listed AS l
  JOIN social_insurance AS i
    ON i.person_id = l.person_id
   AND i.company_id <> l.bidder_id
   AND i.ins_type = 'pension'
), hired AS (
  -- months in which somebody a bid lists was insured by a bidder of the section that does not list him
  SELECT
    l.section_id,
    l.bidder_id AS own_id,
    o.bidder_id AS other_id,
    l.person_id,
    l.month
  FROM elsewhere AS l
  JOIN bidder AS o
    ON o.section_id = l.section_id
   AND o.bidder_id = l.company_id
  WHERE NOT EXISTS (
    SELECT 1
    FROM listed AS e
    WHERE e.section_id = l.section_id
      AND e.bidder_id = l.company_id
      AND e.person_id = l.person_id
  )
), shared AS (
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    'person' AS reason,
    x.person_id,
    CAST(NULL AS VARCHAR) AS phone,
    CAST(NULL AS DATE) AS month
  FROM listed AS x
  JOIN listed AS y
    ON y.section_id = x.section_id
   AND y.person_id = x.person_id
   AND y.bidder_id > x.bidder_id
  UNION ALL
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    'phone' AS reason,
    CAST(NULL AS VARCHAR) AS person_id,
    x.phone,
    CAST(NULL AS DATE) AS month
  FROM bid_team AS x
  JOIN bid_team AS y
    ON y.section_id = x.section_id
   AND y.phone = x.phone
   AND y.bidder_id > x.bidder_id
  WHERE x.phone <> ''
  UNION ALL
  SELECT
    h.section_id,
    h.own_id AS company_id_a,
    h.other_id AS company_id_b,
    'insurance' AS reason,
    h.person_id,
    CAST(NULL AS VARCHAR) AS phone,
    CAST(DATE_TRUNC('month', h.month) AS DATE) AS month
  FROM hired AS h
  WHERE h.own_id < h.other_id
  UNION ALL
  SELECT
    h.section_id,
    h.other_id AS company_id_a,
    h.own_id AS company_id_b,
    'insurance' AS reason,
    h.person_id,
    CAST(NULL AS VARCHAR) AS phone,
    CAST(DATE_TRUNC('month', h.month) AS DATE) AS month
  FROM hired AS h
  WHERE h.own_id > h.other_id
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
