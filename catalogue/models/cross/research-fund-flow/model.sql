WITH paid AS (
  SELECT
    f.record_id,
    f.project_no,
    f.pi_person_id,
    f.payee_id,
    f.amount,
    f.pay_date,
    q.area_code,
    q.max_degree,
    q.min_conf,
    q.min_ratio
  FROM research_fund AS f
  LEFT JOIN org AS g
    ON g.org_id = f.org_id
  LEFT JOIN param AS own
    ON own.area_code = g.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE f.pi_person_id <> ''
    AND f.payee_id <> ''
    AND (f.payee_id <> f.pi_person_id OR f.purpose IS NULL OR f.purpose <> 'labour')
), behind AS (
  -- the payee itself, and who controls it on the day of payment
  SELECT
    p.record_id,
    p.pi_person_id,
    p.payee_id,
    p.pay_date,
    p.max_degree,
    p.min_conf,
    p.payee_id AS person_id,
    'T1' AS min_tier
  FROM paid AS p
  UNION ALL
  SELECT
    p.record_id,
    p.pi_person_id,
    p.payee_id,
    p.pay_date,
    p.max_degree,
    p.min_conf,
    k.person_id,
    k.min_tier
  FROM paid AS p
  JOIN controls AS k
    ON k.company_id = p.payee_id
  WHERE k.depth <= 2
    AND COALESCE(k.share, 1) >= p.min_ratio
    AND (k.from_date IS NULL OR k.from_date <= p.pay_date)
    AND (k.to_date IS NULL OR k.to_date >= p.pay_date)
), near AS (
  SELECT
    b.record_id,
    b.pi_person_id,
    b.payee_id,
    CAST(NULL AS VARCHAR) AS relative_id,
    0 AS degree,
    b.min_tier
  FROM behind AS b
  WHERE b.person_id = b.pi_person_id
  UNION ALL
  SELECT
    b.record_id,
    b.pi_person_id,
    b.payee_id,
    n.relative_id,
    n.degree,
    CASE WHEN n.min_tier < b.min_tier THEN b.min_tier ELSE n.min_tier END AS min_tier
  FROM behind AS b
  JOIN relative_of AS n
    ON n.person_id = b.pi_person_id
   AND n.relative_id = b.person_id
  WHERE n.degree <= b.max_degree
    AND n.confidence >= b.min_conf
    AND (n.from_date IS NULL OR n.from_date <= b.pay_date)
    AND (n.to_date IS NULL OR n.to_date >= b.pay_date)
), tie AS (
  SELECT
    n.record_id,
    n.pi_person_id,
    n.payee_id,
    n.relative_id,
    n.min_tier,
    ROW_NUMBER() OVER (PARTITION BY n.pi_person_id, n.payee_id ORDER BY n.degree, n.relative_id, n.min_tier, n.record_id) AS rank
  FROM near AS n
), concerned AS (
  SELECT
    p.record_id,
    p.project_no,
    p.pi_person_id,
    p.payee_id,
    p.amount,
    p.pay_date,
    p.area_code,
    ROW_NUMBER() OVER (PARTITION BY p.pi_person_id, p.payee_id ORDER BY p.pay_date DESC, p.area_code, p.record_id) AS latest
  FROM paid AS p
  JOIN (
    SELECT DISTINCT
      t.record_id,
      t.pi_person_id
    FROM tie AS t
  ) AS k
    ON k.record_id = p.record_id
   AND k.pi_person_id = p.pi_person_id
), flow AS (
  SELECT
    c.pi_person_id,
    c.payee_id,
    MAX(CASE WHEN c.latest = 1 THEN c.area_code END) AS area_code,
    COUNT(DISTINCT NULLIF(c.project_no, '')) AS projects,
    COUNT(*) AS payments,
    SUM(c.amount) AS amount_total,
    MIN(c.pay_date) AS first_pay_date,
    MAX(c.pay_date) AS last_pay_date
  FROM concerned AS c
  GROUP BY c.pi_person_id, c.payee_id
)
SELECT
  f.pi_person_id,
  f.payee_id,
  k.relative_id,
  f.area_code,
  f.projects,
  f.payments,
  CAST(f.amount_total AS DECIMAL(18, 2)) AS amount_total,
  f.first_pay_date,
  f.last_pay_date,
  k.min_tier AS identity_tier,
  'red' AS grade
FROM flow AS f
JOIN tie AS k
  ON k.pi_person_id = f.pi_person_id
 AND k.payee_id = f.payee_id
 AND k.rank = 1
JOIN param AS q
  ON q.area_code = f.area_code
WHERE f.amount_total >= q.min_amount
