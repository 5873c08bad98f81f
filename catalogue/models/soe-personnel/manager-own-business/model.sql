WITH manager AS (
  SELECT
    e.person_id,
    e.company_id AS employer_id,
    e.hire_date,
    e.leave_date,
    o.main_business,
    q.area_code,
    q.min_ratio,
    q.max_degree,
    q.min_conf,
    r.as_of
  FROM soe_employee AS e
  LEFT JOIN soe_org AS o
    ON o.company_id = e.company_id
  LEFT JOIN company AS c
    ON c.company_id = e.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE e.person_id <> ''
    AND STRPOS('|' || q.manager_positions || '|', '|' || e.position || '|') > 0
    AND e.hire_date <= r.as_of
    AND (e.leave_date IS NULL OR e.leave_date >= r.as_of)
), close AS (
  SELECT m.person_id, m.employer_id, m.person_id AS close_id, CAST(NULL AS VARCHAR) AS relative_id, 0 AS degree, CAST(NULL AS VARCHAR) AS min_tier, m.min_ratio, m.as_of
  FROM manager AS m
  UNION ALL
  SELECT m.person_id, m.employer_id, f.relative_id AS close_id, f.relative_id, f.degree, f.min_tier, m.min_ratio, m.as_of
  FROM manager AS m
  JOIN relative_of AS f
    ON f.person_id = m.person_id
  WHERE f.degree <= m.max_degree
    AND f.confidence >= m.min_conf
    AND (f.from_date IS NULL OR f.from_date <= m.as_of)
    AND (f.to_date IS NULL OR f.to_date >= m.as_of)
), business AS (
  SELECT DISTINCT
    n.person_id,
    n.employer_id,
    b.company_id AS company_id_b,
    b.scope,
    n.relative_id,
    n.degree,
    GREATEST(n.min_tier, k.min_tier) AS min_tier
  FROM close AS n
  JOIN controls AS k
    ON k.person_id = n.close_id
  JOIN company AS b
    ON b.company_id = k.company_id
  LEFT JOIN soe_org AS g
    ON g.company_id = b.company_id
  WHERE b.status = 'active'
    AND g.company_id IS NULL
    AND k.depth <= 2
    AND (k.share IS NULL OR k.share >= n.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= n.as_of)
    AND (k.to_date IS NULL OR k.to_date >= n.as_of)
), conflict AS (
  SELECT b.person_id, b.company_id_b, m.employer_id, m.area_code, 'scope' AS conflict, CAST(NULL AS VARCHAR) AS purchase_id
  FROM business AS b
  JOIN manager AS m
    ON m.person_id = b.person_id
   AND m.employer_id = b.employer_id
  WHERE TRIM(m.main_business) <> ''
    AND STRPOS(b.scope, m.main_business) > 0
  UNION ALL
  SELECT b.person_id, b.company_id_b, m.employer_id, m.area_code, 'purchase' AS conflict, p.purchase_id
  FROM business AS b
  JOIN manager AS m
    ON m.person_id = b.person_id
   AND m.employer_id = b.employer_id
  JOIN soe_purchase AS p
    ON p.company_id = m.employer_id
   AND p.supplier_id = b.company_id_b
  WHERE p.award_date >= m.hire_date
    AND (m.leave_date IS NULL OR p.award_date <= m.leave_date)
    AND p.award_date <= m.as_of
), bought AS (
  SELECT
    x.person_id,
    x.company_id_b,
    MIN(x.area_code) AS area_code,
    COUNT(DISTINCT x.purchase_id) AS purchases
  FROM conflict AS x
  GROUP BY x.person_id, x.company_id_b
), kinds AS (
  SELECT
    x.person_id,
    x.company_id_b,
    STRING_AGG(DISTINCT x.conflict, ',' ORDER BY x.conflict) AS conflict
  FROM conflict AS x
  GROUP BY x.person_id, x.company_id_b
), employers AS (
  SELECT
    x.person_id,
    x.company_id_b,
    STRING_AGG(DISTINCT x.employer_id, ',' ORDER BY x.employer_id) AS soe_company_id
  FROM conflict AS x
  GROUP BY x.person_id, x.company_id_b
), nearest AS (
  SELECT
    b.person_id,
    b.company_id_b,
    b.relative_id,
    b.min_tier,
    ROW_NUMBER() OVER (PARTITION BY b.person_id, b.company_id_b ORDER BY b.degree, b.relative_id, b.min_tier) AS place
  FROM business AS b
  JOIN conflict AS x
    ON x.person_id = b.person_id
   AND x.company_id_b = b.company_id_b
   AND x.employer_id = b.employer_id
)
SELECT
  b.person_id,
  b.company_id_b,
  b.area_code,
  e.soe_company_id,
  n.relative_id,
  k.conflict,
  b.purchases,
  n.min_tier AS identity_tier,
  'red' AS grade
FROM bought AS b
JOIN kinds AS k
  ON k.person_id = b.person_id
 AND k.company_id_b = b.company_id_b
JOIN employers AS e
  ON e.person_id = b.person_id
 AND e.company_id_b = b.company_id_b
JOIN nearest AS n
  ON n.person_id = b.person_id
 AND n.company_id_b = b.company_id_b
 AND n.place = 1
