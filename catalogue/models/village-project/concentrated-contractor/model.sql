WITH recent AS (
  SELECT
    p.project_id,
    p.village_code,
    p.contractor_id,
    p.contract_amount,
    p.sign_date,
    q.area_code
  FROM village_project AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.village_code <> ''
    AND p.contractor_id <> ''
    AND p.sign_date > CAST(r.as_of - q.window_years * INTERVAL '1' YEAR AS DATE)
    AND p.sign_date <= r.as_of
), village AS (
  SELECT
    p.village_code,
    COUNT(*) AS projects,
    CAST(SUM(p.contract_amount) AS DECIMAL(19, 2)) AS contract_total
  FROM recent AS p
  GROUP BY p.village_code
), contractor AS (
  SELECT
    p.village_code,
    p.contractor_id,
    p.area_code,
    COUNT(*) AS projects,
    COALESCE(SUM(p.contract_amount), 0) AS contract_total,
    MIN(p.sign_date) AS first_sign_date,
    MAX(p.sign_date) AS last_sign_date
  FROM recent AS p
  GROUP BY p.village_code, p.contractor_id, p.area_code
), dominant AS (
  SELECT
    c.village_code,
    c.contractor_id,
    c.area_code,
    c.projects,
    v.projects AS village_projects,
    CAST(c.projects / v.projects AS DECIMAL(18, 6)) AS count_share,
    CASE WHEN v.contract_total > 0 THEN CAST(c.contract_total / v.contract_total AS DECIMAL(18, 6)) END AS amount_share,
    c.contract_total,
    c.first_sign_date,
    c.last_sign_date
  FROM contractor AS c
  JOIN village AS v
    ON v.village_code = c.village_code
  JOIN param AS q
    ON q.area_code = c.area_code
  WHERE v.projects >= q.min_projects
    AND c.projects >= 2
    AND (
      c.projects >= q.max_share * v.projects
      OR (v.contract_total > 0 AND c.contract_total >= q.max_share * v.contract_total)
    )
), tie AS (
  SELECT
    d.village_code,
    d.contractor_id,
    t.official_id,
    t.min_tier,
    ROW_NUMBER() OVER (PARTITION BY d.village_code, d.contractor_id ORDER BY t.degree, t.official_id, t.min_tier) AS rank
  FROM dominant AS d
  LEFT JOIN company AS c
    ON c.company_id = d.contractor_id
  JOIN in_office AS o
    ON o.village_code = d.village_code
  JOIN related_party AS t
    ON t.official_id = o.person_id
   AND t.party_id = d.contractor_id
  JOIN param AS q
    ON q.area_code = d.area_code
  CROSS JOIN run AS r
  WHERE (o.from_date IS NULL OR o.from_date <= r.as_of)
    AND (o.to_date IS NULL OR o.to_date >= r.as_of)
    AND (t.from_date IS NULL OR t.from_date <= r.as_of)
    AND (t.to_date IS NULL OR t.to_date >= r.as_of)
    AND t.degree <= q.max_degree
    AND COALESCE(t.confidence, 1) >= q.min_conf
    AND COALESCE(t.share, 1) >= q.min_ratio
    AND t.levels <= 2
    AND COALESCE(STRPOS('|' || q.exempt_company_types || '|', '|' || NULLIF(c.company_type, '') || '|'), 0) = 0
)
SELECT
  d.village_code,
  d.contractor_id,
  d.area_code,
  d.projects,
  d.village_projects,
  d.count_share,
  d.amount_share,
  d.contract_total,
  d.first_sign_date,
  d.last_sign_date,
  t.official_id AS person_id,
  t.min_tier AS identity_tier,
  CASE WHEN t.official_id IS NULL THEN 'yellow' ELSE 'red' END AS grade
FROM dominant AS d
LEFT JOIN tie AS t
  ON t.village_code = d.village_code
 AND t.contractor_id = d.contractor_id
 AND t.rank = 1
