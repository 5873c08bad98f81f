WITH paid AS (
  SELECT
    e.pay_id,
    e.company_id,
    e.program_code,
    e.amount,
    e.pay_date,
    CAST(EXTRACT(YEAR FROM e.pay_date) AS BIGINT) - 1 AS year,
    e.approver_id,
    e.declared_metric,
    e.declared_value,
    c.reg_date,
    q.area_code,
    q.tol,
    CAST(e.pay_date - q.months * INTERVAL '1' MONTH AS DATE) AS founded_by,
    q.max_degree,
    q.min_conf,
    q.min_ratio
  FROM enterprise_subsidy AS e
  LEFT JOIN company AS c
    ON c.company_id = e.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE e.company_id <> ''
    AND e.program_code <> ''
), taxed AS (
  SELECT
    t.company_id,
    CAST(EXTRACT(YEAR FROM t.period) AS BIGINT) AS year,
    SUM(t.revenue) AS revenue
  FROM tax_record AS t
  GROUP BY t.company_id, CAST(EXTRACT(YEAR FROM t.period) AS BIGINT)
), insured AS (
  SELECT
    s.company_id,
    CAST(EXTRACT(YEAR FROM s.month) AS BIGINT) AS year,
    COUNT(DISTINCT s.person_id) AS staff
  FROM social_insurance AS s
  WHERE EXTRACT(MONTH FROM s.month) = 12
  GROUP BY s.company_id, CAST(EXTRACT(YEAR FROM s.month) AS BIGINT)
), controller AS (
  SELECT
    p.pay_id,
    p.company_id,
    p.approver_id,
    p.pay_date,
    p.max_degree,
    p.min_conf,
    k.person_id,
    k.min_tier
  FROM paid AS p
  JOIN controls AS k
    ON k.company_id = p.company_id
  WHERE k.depth <= 2
    AND COALESCE(k.share, 1) >= p.min_ratio
    AND (k.from_date IS NULL OR k.from_date <= p.pay_date)
    AND (k.to_date IS NULL OR k.to_date >= p.pay_date)
), near AS (
  SELECT
    k.pay_id,
    k.company_id,
    k.min_tier
  FROM controller AS k
  WHERE k.person_id = k.approver_id
  UNION ALL
  SELECT
    k.pay_id,
    k.company_id,
    CASE WHEN n.min_tier < k.min_tier THEN k.min_tier ELSE n.min_tier END AS min_tier
  FROM controller AS k
  JOIN relative_of AS n
    ON n.person_id = k.approver_id
   AND n.relative_id = k.person_id
  WHERE n.degree <= k.max_degree
    AND n.confidence >= k.min_conf
    AND (n.from_date IS NULL OR n.from_date <= k.pay_date)
    AND (n.to_date IS NULL OR n.to_date >= k.pay_date)
), tie AS (
  SELECT
    n.pay_id,
    n.company_id,
    MIN(n.min_tier) AS min_tier
  FROM near AS n
  GROUP BY n.pay_id, n.company_id
), observed AS (
  SELECT
    p.pay_id,
    p.company_id,
    p.program_code,
    p.area_code,
    p.amount,
    p.pay_date,
    p.declared_value,
    p.tol,
    CAST(CASE p.declared_metric
      WHEN 'revenue' THEN COALESCE(t.revenue, 0)
      WHEN 'staff' THEN COALESCE(s.staff, 0)
    END AS DECIMAL(18, 2)) AS observed_value,
    CASE WHEN p.reg_date > p.founded_by THEN 1 ELSE 0 END AS young,
    CASE WHEN k.pay_id IS NULL THEN 0 ELSE 1 END AS linked,
    k.min_tier
  FROM paid AS p
  LEFT JOIN taxed AS t
    ON t.company_id = p.company_id
   AND t.year = p.year
  LEFT JOIN insured AS s
    ON s.company_id = p.company_id
   AND s.year = p.year
  LEFT JOIN tie AS k
    ON k.company_id = p.company_id
   AND k.pay_id = p.pay_id
), tested AS (
  SELECT
    o.pay_id,
    o.company_id,
    o.program_code,
    o.area_code,
    o.amount,
    o.pay_date,
    o.declared_value,
    o.observed_value,
    o.young,
    o.linked,
    CASE WHEN o.declared_value > o.observed_value * (1 + CAST(o.tol AS DECIMAL(19, 6))) THEN 1 ELSE 0 END AS above,
    o.min_tier
  FROM observed AS o
), concerned AS (
  SELECT
    t.pay_id,
    t.company_id,
    t.program_code,
    t.area_code,
    t.amount,
    t.pay_date,
    t.declared_value,
    t.observed_value,
    t.young,
    t.linked,
    t.above,
    t.min_tier,
    ROW_NUMBER() OVER (PARTITION BY t.company_id, t.program_code ORDER BY t.pay_date DESC, t.pay_id DESC) AS latest
  FROM tested AS t
  WHERE t.young + t.linked + t.above > 0
)
SELECT
  c.company_id,
  c.program_code,
  c.area_code,
  STRING_AGG(c.pay_id, ',' ORDER BY c.pay_id) AS pay_ids,
  CAST(COALESCE(SUM(c.amount), 0) AS DECIMAL(18, 2)) AS amount_total,
  CONCAT_WS(
    ',',
    CASE WHEN MAX(c.young) = 1 THEN 'age' END,
    CASE WHEN MAX(c.linked) = 1 THEN 'link' END,
    CASE WHEN MAX(c.above) = 1 THEN 'value' END
  ) AS reasons,
  MAX(CASE WHEN c.latest = 1 THEN c.declared_value END) AS declared_value,
  MAX(CASE WHEN c.latest = 1 THEN c.observed_value END) AS observed_value,
  MAX(c.pay_date) AS last_pay_date,
  MIN(c.min_tier) AS identity_tier,
  CASE WHEN MAX(c.linked) = 1 THEN 'red' ELSE 'yellow' END AS grade
FROM concerned AS c
GROUP BY c.company_id, c.program_code, c.area_code
