-- office and control are read on the day the contract was signed
WITH placed AS (
  SELECT
    p.project_id,
    p.village_code,
    p.contractor_id,
    p.contract_amount,
    p.sign_date,
    q.area_code
  FROM village_project AS p
  LEFT JOIN company AS c
    ON c.company_id = p.contractor_id
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.contractor_id <> ''
    AND p.sign_date IS NOT NULL
    AND COALESCE(STRPOS('|' || q.exempt_company_types || '|', '|' || NULLIF(c.company_type, '') || '|'), 0) = 0
), tied AS (
  SELECT
    p.project_id,
    p.contractor_id,
    p.contract_amount,
    p.sign_date,
    p.area_code,
    o.person_id,
    'self' AS role,
    CAST(NULL AS VARCHAR) AS min_tier
  FROM placed AS p
  JOIN in_office AS o
    ON o.village_code = p.village_code
   AND o.person_id = p.contractor_id
  WHERE (o.from_date IS NULL OR o.from_date <= p.sign_date)
    AND (o.to_date IS NULL OR o.to_date >= p.sign_date)
  UNION ALL
  SELECT
    p.project_id,
    p.contractor_id,
    p.contract_amount,
    p.sign_date,
    p.area_code,
    o.person_id,
    c.role,
    c.min_tier
  FROM placed AS p
  JOIN controls AS c
    ON c.company_id = p.contractor_id
  JOIN in_office AS o
    ON o.village_code = p.village_code
   AND o.person_id = c.person_id
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE c.depth <= 2
    AND COALESCE(c.share, 1) >= q.min_ratio
    AND (c.from_date IS NULL OR c.from_date <= p.sign_date)
    AND (c.to_date IS NULL OR c.to_date >= p.sign_date)
    AND (o.from_date IS NULL OR o.from_date <= p.sign_date)
    AND (o.to_date IS NULL OR o.to_date >= p.sign_date)
), roles AS (
  SELECT
    t.contractor_id,
    t.person_id,
    STRING_AGG(t.role, ',' ORDER BY t.role) AS role,
    MIN(t.min_tier) AS identity_tier
  FROM (
    SELECT t.contractor_id, t.person_id, t.role, MIN(t.min_tier) AS min_tier
    FROM tied AS t
    GROUP BY t.contractor_id, t.person_id, t.role
  ) AS t
  GROUP BY t.contractor_id, t.person_id
), won AS (
  SELECT
    t.contractor_id,
    t.person_id,
    t.project_id,
    t.contract_amount,
    t.sign_date,
    t.area_code,
    ROW_NUMBER() OVER (PARTITION BY t.contractor_id, t.person_id ORDER BY t.sign_date DESC, t.area_code, t.project_id) AS latest
  FROM tied AS t
  GROUP BY t.contractor_id, t.person_id, t.project_id, t.contract_amount, t.sign_date, t.area_code
)
SELECT
  w.contractor_id,
  w.person_id,
  COUNT(*) AS project_count,
  COALESCE(SUM(w.contract_amount), 0) AS contract_total,
  MAX(g.role) AS role,
  MIN(w.sign_date) AS first_sign_date,
  MAX(w.sign_date) AS last_sign_date,
  MAX(CASE WHEN w.latest = 1 THEN w.area_code END) AS area_code,
  MAX(g.identity_tier) AS identity_tier,
  'red' AS grade
FROM won AS w
JOIN roles AS g
  ON g.contractor_id = w.contractor_id
 AND g.person_id = w.person_id
GROUP BY w.contractor_id, w.person_id
