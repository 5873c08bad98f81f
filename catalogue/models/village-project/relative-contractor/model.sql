-- office, kinship and control are all read on the day the contract was signed
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
), contractor AS (
  SELECT DISTINCT p.contractor_id
  FROM village_project AS p
  WHERE p.contractor_id <> ''
), held AS (
  SELECT
    c.company_id,
    c.person_id,
    c.share,
    c.from_date,
    c.to_date,
    c.min_tier
  FROM contractor AS p
  JOIN controls AS c
    ON c.company_id = p.contractor_id
  WHERE c.depth <= 2
), near AS (
  -- few contractors are, or are held by, anybody's relative: their projects alone meet the officials of the village
  SELECT
    p.contractor_id,
    k.person_id
  FROM contractor AS p
  JOIN relative_of AS k
    ON k.relative_id = p.contractor_id
  UNION ALL
  SELECT
    c.company_id AS contractor_id,
    k.person_id
  FROM held AS c
  JOIN relative_of AS k
    ON k.relative_id = c.person_id
), serving AS (
  SELECT DISTINCT
    p.project_id,
    p.contractor_id,
    p.contract_amount,
    p.sign_date,
    p.area_code,
    o.person_id
  FROM near AS n
  JOIN placed AS p
    ON p.contractor_id = n.contractor_id
  JOIN in_office AS o
    ON o.village_code = p.village_code
   AND o.person_id = n.person_id
  WHERE (o.from_date IS NULL OR o.from_date <= p.sign_date)
    AND (o.to_date IS NULL OR o.to_date >= p.sign_date)
), own AS (
  -- left to the model own-company-contractor
  SELECT DISTINCT
    s.project_id,
    s.person_id
  FROM serving AS s
  JOIN held AS c
    ON c.company_id = s.contractor_id
   AND c.person_id = s.person_id
  JOIN param AS q
    ON q.area_code = s.area_code
  WHERE COALESCE(c.share, 1) >= q.own_min_ratio
    AND (c.from_date IS NULL OR c.from_date <= s.sign_date)
    AND (c.to_date IS NULL OR c.to_date >= s.sign_date)
), kin AS (
  SELECT
    s.project_id,
    s.contractor_id,
    s.contract_amount,
    s.sign_date,
    s.area_code,
    s.person_id,
    k.relative_id,
    k.degree,
    k.min_tier,
    q.min_ratio
  FROM serving AS s
  JOIN relative_of AS k
    ON k.person_id = s.person_id
  JOIN param AS q
    ON q.area_code = s.area_code
  LEFT JOIN own AS w
    ON w.project_id = s.project_id
   AND w.person_id = s.person_id
  WHERE k.degree <= q.max_degree
    AND k.confidence >= q.min_conf
    AND (k.from_date IS NULL OR k.from_date <= s.sign_date)
    AND (k.to_date IS NULL OR k.to_date >= s.sign_date)
    AND w.project_id IS NULL
    AND s.person_id <> s.contractor_id
), tied AS (
  SELECT k.project_id, k.contractor_id, k.contract_amount, k.sign_date, k.area_code, k.person_id, k.relative_id, k.degree, k.min_tier
  FROM kin AS k
  WHERE k.relative_id = k.contractor_id
  UNION ALL
  SELECT
    k.project_id,
    k.contractor_id,
    k.contract_amount,
    k.sign_date,
    k.area_code,
    k.person_id,
    k.relative_id,
    k.degree,
    GREATEST(k.min_tier, c.min_tier) AS min_tier
  FROM kin AS k
  JOIN held AS c
    ON c.company_id = k.contractor_id
   AND c.person_id = k.relative_id
  WHERE COALESCE(c.share, 1) >= k.min_ratio
    AND (c.from_date IS NULL OR c.from_date <= k.sign_date)
    AND (c.to_date IS NULL OR c.to_date >= k.sign_date)
), nearest AS (
  SELECT
    t.contractor_id,
    t.person_id,
    t.relative_id,
    t.degree,
    t.min_tier,
    ROW_NUMBER() OVER (PARTITION BY t.contractor_id, t.person_id ORDER BY t.degree, t.relative_id, t.min_tier) AS rank
  FROM tied AS t
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
  MAX(n.relative_id) AS relative_id,
  MAX(n.degree) AS degree,
  COUNT(*) AS project_count,
  COALESCE(SUM(w.contract_amount), 0) AS contract_total,
  MIN(w.sign_date) AS first_sign_date,
  MAX(w.sign_date) AS last_sign_date,
  MAX(CASE WHEN w.latest = 1 THEN w.area_code END) AS area_code,
  MAX(n.min_tier) AS identity_tier,
  'red' AS grade
FROM won AS w
JOIN nearest AS n
  ON n.contractor_id = w.contractor_id
 AND n.person_id = w.person_id
 AND n.rank = 1
GROUP BY w.contractor_id, w.person_id
