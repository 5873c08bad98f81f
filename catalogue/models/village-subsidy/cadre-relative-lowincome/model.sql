-- of several officials the nearest is shown, of several periods of support the latest
WITH placed AS (
  SELECT
    l.person_id,
    l.benefit_type,
    l.village_code,
    l.from_date,
    NULLIF(l.approver_id, '') AS approver_id,
    l.approver_id AS approver,
    q.area_code,
    q.max_degree,
    q.min_conf,
    CAST(l.from_date + q.filing_days * INTERVAL '1' DAY AS DATE) AS file_by
  FROM low_income AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.person_id <> ''
    AND l.benefit_type <> ''
    AND l.from_date IS NOT NULL
), kin AS (
  SELECT
    p.person_id,
    p.benefit_type,
    p.village_code,
    p.from_date,
    p.approver_id,
    p.area_code,
    p.file_by,
    k.person_id AS relative_id,
    k.degree,
    k.min_tier,
    CASE WHEN k.person_id = p.approver THEN 1 ELSE 0 END AS approved
  FROM placed AS p
  JOIN relative_of AS k
    ON k.relative_id = p.person_id
  WHERE (k.from_date IS NULL OR k.from_date <= p.from_date)
    AND (k.to_date IS NULL OR k.to_date >= p.from_date)
    AND k.degree <= p.max_degree
    AND k.confidence >= p.min_conf
), concerned AS (
  SELECT
    k.person_id,
    k.benefit_type,
    k.village_code,
    k.from_date,
    k.approver_id,
    k.area_code,
    k.file_by,
    CAST(NULL AS VARCHAR) AS official_id,
    k.degree,
    k.min_tier,
    1 AS approved
  FROM kin AS k
  WHERE k.approved = 1
  UNION ALL
  SELECT
    k.person_id,
    k.benefit_type,
    k.village_code,
    k.from_date,
    k.approver_id,
    k.area_code,
    k.file_by,
    k.relative_id AS official_id,
    k.degree,
    k.min_tier,
    0 AS approved
  FROM kin AS k
  JOIN in_office AS o
    ON o.person_id = k.relative_id
   AND o.village_code = k.village_code
  WHERE (o.from_date IS NULL OR o.from_date <= k.from_date)
    AND (o.to_date IS NULL OR o.to_date >= k.from_date)
), unfiled AS (
  SELECT
    c.person_id,
    c.benefit_type,
    c.village_code,
    c.from_date,
    c.approver_id,
    c.area_code,
    c.official_id,
    c.degree,
    c.min_tier,
    c.approved,
    ROW_NUMBER() OVER (
      PARTITION BY c.person_id, c.benefit_type
      ORDER BY c.from_date DESC, c.area_code, CASE WHEN c.official_id IS NULL THEN 1 ELSE 0 END, c.degree, c.official_id
    ) AS shown
  FROM concerned AS c
  WHERE NOT EXISTS (
    SELECT 1
    FROM village_approval AS a
    WHERE a.matter_id = c.person_id
      AND a.matter_type = 'subsidy'
      AND a.step = 'relative_filing'
      AND a.result = 'pass'
      AND CAST(a.approve_time AS DATE) <= c.file_by
  )
)
SELECT
  u.person_id,
  u.benefit_type,
  MIN(u.area_code) AS area_code,
  MAX(CASE WHEN u.shown = 1 THEN u.official_id END) AS official_id,
  MAX(CASE WHEN u.shown = 1 THEN u.village_code END) AS village_code,
  MAX(CASE WHEN u.shown = 1 THEN u.degree END) AS degree,
  MAX(CASE WHEN u.shown = 1 THEN u.from_date END) AS from_date,
  MAX(CASE WHEN u.shown = 1 THEN u.approver_id END) AS approver_id,
  MAX(CASE WHEN u.shown = 1 THEN u.min_tier END) AS identity_tier,
  CASE WHEN MAX(u.approved) = 1 THEN 'red' ELSE 'yellow' END AS grade
FROM unfiled AS u
GROUP BY u.person_id, u.benefit_type
