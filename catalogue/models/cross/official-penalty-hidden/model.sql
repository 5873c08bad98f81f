WITH decision AS (
  SELECT DISTINCT
    p.person_id,
    'police_penalty' AS source,
    p.matter,
    p.decision_date
  FROM police_penalty AS p
  WHERE p.person_id <> ''
  UNION ALL
  SELECT DISTINCT
    j.subject_id AS person_id,
    'criminal_judgment' AS source,
    j.crime AS matter,
    j.effective_date AS decision_date
  FROM criminal_judgment AS j
  WHERE j.subject_id <> ''
), held AS (
  -- what the person was on that day, and where; of several areas the first by place
  SELECT d.person_id, d.source, d.matter, d.decision_date, 1 AS place, g.area_code
  FROM decision AS d
  JOIN in_office AS o
    ON o.person_id = d.person_id
  LEFT JOIN org AS g
    ON g.org_id = o.org_id
  WHERE (o.from_date IS NULL OR o.from_date <= d.decision_date)
    AND (o.to_date IS NULL OR o.to_date >= d.decision_date)
  UNION ALL
  SELECT d.person_id, d.source, d.matter, d.decision_date, 2 AS place, g.area_code
  FROM decision AS d
  JOIN public_employee AS e
    ON e.person_id = d.person_id
  LEFT JOIN org AS g
    ON g.org_id = e.org_id
  WHERE (e.from_date IS NULL OR e.from_date <= d.decision_date)
    AND (e.to_date IS NULL OR e.to_date >= d.decision_date)
  UNION ALL
  SELECT d.person_id, d.source, d.matter, d.decision_date, 3 AS place, g.area_code
  FROM decision AS d
  JOIN party_member AS m
    ON m.person_id = d.person_id
  LEFT JOIN org AS g
    ON g.org_id = m.branch_org_id
  WHERE m.status = 'active'
    AND m.join_date <= d.decision_date
  UNION ALL
  SELECT d.person_id, d.source, d.matter, d.decision_date, 4 AS place, o.village_code AS area_code
  FROM decision AS d
  JOIN in_office AS o
    ON o.person_id = d.person_id
  WHERE (o.from_date IS NULL OR o.from_date <= d.decision_date)
    AND (o.to_date IS NULL OR o.to_date >= d.decision_date)
), placed AS (
  SELECT
    h.person_id,
    h.source,
    h.matter,
    h.decision_date,
    own.area_code,
    ROW_NUMBER() OVER (
      PARTITION BY h.person_id, h.source, h.matter, h.decision_date
      ORDER BY CASE WHEN own.area_code IS NULL THEN 1 ELSE 0 END, h.place, own.area_code
    ) AS rank
  FROM held AS h
  LEFT JOIN param AS own
    ON own.area_code = h.area_code
), due AS (
  SELECT
    p.person_id,
    p.source,
    p.matter,
    p.decision_date,
    q.area_code,
    CAST(p.decision_date - q.days * INTERVAL '1' DAY AS DATE) AS cases_from,
    r.as_of
  FROM placed AS p
  LEFT JOIN person AS n
    ON n.person_id = p.person_id
  LEFT JOIN param AS home
    ON home.area_code = n.hukou_village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(p.area_code, home.area_code, r.root_area)
  WHERE p.rank = 1
    AND (p.source = 'criminal_judgment' OR STRPOS('|' || q.serious_matters || '|', '|' || NULLIF(p.matter, '') || '|') > 0)
    AND CAST(p.decision_date + q.days * INTERVAL '1' DAY AS DATE) < r.as_of
), latest AS (
  SELECT
    d.person_id,
    d.source,
    d.matter,
    d.decision_date,
    d.area_code,
    DATE_DIFF('day', d.decision_date, d.as_of) AS days_open,
    ROW_NUMBER() OVER (PARTITION BY d.person_id ORDER BY d.decision_date DESC, d.source, d.matter) AS rank
  FROM due AS d
  WHERE NOT EXISTS (
    SELECT 1
    FROM integrity_case AS i
    WHERE i.person_id = d.person_id
      AND i.filed_date >= d.cases_from
      AND i.filed_date <= d.as_of
  )
)
SELECT
  d.person_id,
  d.area_code,
  d.source,
  d.matter,
  d.decision_date,
  d.days_open,
  'yellow' AS grade
FROM latest AS d
WHERE d.rank = 1
