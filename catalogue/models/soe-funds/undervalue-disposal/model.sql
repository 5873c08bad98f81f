WITH deal AS (
  SELECT
    d.deal_id,
    d.company_id,
    d.buyer_id,
    d.appraisal_value,
    d.appraisal_date,
    d.deal_price,
    d.deal_date,
    d.method,
    q.area_code,
    q.ratio,
    q.valid_months,
    q.min_ratio,
    q.max_degree,
    q.min_conf
  FROM soe_asset_deal AS d
  LEFT JOIN company AS c
    ON c.company_id = d.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE d.deal_id <> ''
    AND COALESCE(STRPOS('|' || q.exempt_methods || '|', '|' || NULLIF(d.method, '') || '|'), 0) = 0
), behind AS (
  -- the party itself and its controllers on that day
  SELECT x.deal_id, x.buyer_id AS close_id, CAST(NULL AS VARCHAR) AS min_tier
  FROM deal AS x
  UNION ALL
  SELECT x.deal_id, k.person_id AS close_id, k.min_tier
  FROM deal AS x
  JOIN controls AS k
    ON k.company_id = x.buyer_id
  WHERE k.depth <= 2
    AND (k.share IS NULL OR k.share >= x.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= x.deal_date)
    AND (k.to_date IS NULL OR k.to_date >= x.deal_date)
), kin AS (
  SELECT b.deal_id, b.close_id AS person_id, b.min_tier
  FROM behind AS b
  UNION ALL
  SELECT b.deal_id, f.person_id, GREATEST(f.min_tier, b.min_tier) AS min_tier
  FROM behind AS b
  JOIN deal AS x
    ON x.deal_id = b.deal_id
  JOIN relative_of AS f
    ON f.relative_id = b.close_id
  WHERE f.degree <= x.max_degree
    AND f.confidence >= x.min_conf
    AND (f.from_date IS NULL OR f.from_date <= x.deal_date)
    AND (f.to_date IS NULL OR f.to_date >= x.deal_date)
), insider AS (
  SELECT
    x.deal_id,
    MAX(n.min_tier) AS min_tier
  FROM deal AS x
  JOIN kin AS n
    ON n.deal_id = x.deal_id
  JOIN soe_employee AS e
    ON e.person_id = n.person_id
   AND e.company_id = x.company_id
  WHERE e.hire_date <= x.deal_date
    AND (e.leave_date IS NULL OR e.leave_date >= x.deal_date)
  GROUP BY x.deal_id
), reason AS (
  SELECT d.deal_id, 'price' AS reason
  FROM deal AS d
  WHERE d.deal_price < CAST(d.ratio AS DECIMAL(19, 6)) * d.appraisal_value
  UNION ALL
  SELECT d.deal_id, 'appraisal' AS reason
  FROM deal AS d
  WHERE d.appraisal_value IS NULL
     OR d.appraisal_date IS NULL
     OR d.appraisal_date > d.deal_date
     OR CAST(d.appraisal_date + d.valid_months * INTERVAL '1' MONTH AS DATE) < d.deal_date
  UNION ALL
  SELECT d.deal_id, 'negotiated' AS reason
  FROM deal AS d
  WHERE d.method = 'negotiated'
  UNION ALL
  SELECT i.deal_id, 'insider' AS reason
  FROM insider AS i
)
SELECT
  d.deal_id,
  d.area_code,
  d.company_id,
  d.buyer_id,
  STRING_AGG(s.reason, ',' ORDER BY s.reason) AS reasons,
  d.deal_price,
  d.appraisal_value,
  d.deal_date,
  MAX(i.min_tier) AS identity_tier,
  'red' AS grade
FROM deal AS d
JOIN reason AS s
  ON s.deal_id = d.deal_id
LEFT JOIN insider AS i
  ON i.deal_id = d.deal_id
GROUP BY d.deal_id, d.area_code, d.company_id, d.buyer_id, d.deal_price, d.appraisal_value, d.deal_date
