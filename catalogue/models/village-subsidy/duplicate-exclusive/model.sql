-- a public-welfare post held on the first day of a month counts as a payment of that day
WITH subsidy AS (
  SELECT
    p.person_id,
    p.program_code,
    p.pay_id,
    p.pay_date,
    CAST(DATE_TRUNC('month', p.pay_date) AS DATE) AS month,
    p.amount,
    NULLIF(p.village_code, '') AS village_code,
    COALESCE(own.area_code, r.root_area) AS area_code,
    g.exclusive_with
  FROM subsidy_payment AS p
  LEFT JOIN subsidy_program AS g
    ON g.program_code = p.program_code
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  WHERE p.person_id <> ''
    AND p.program_code <> ''
    AND p.pay_date IS NOT NULL
), paid AS (
  SELECT
    s.person_id,
    s.program_code,
    s.pay_id,
    s.pay_date,
    s.month,
    s.amount,
    s.area_code,
    s.exclusive_with
  FROM subsidy AS s
  UNION ALL
  SELECT DISTINCT
    s.person_id,
    'job_post' AS program_code,
    j.post_id AS pay_id,
    s.month AS pay_date,
    s.month,
    j.monthly_amount AS amount,
    CAST(NULL AS VARCHAR) AS area_code,
    CAST(NULL AS VARCHAR) AS exclusive_with
  FROM subsidy AS s
  JOIN job_post AS j
    ON j.person_id = s.person_id
  WHERE (j.from_date IS NULL OR j.from_date <= s.month)
    AND (j.to_date IS NULL OR j.to_date >= s.month)
), clash AS (
  SELECT DISTINCT
    x.person_id,
    x.program_code AS program_a,
    y.program_code AS program_b,
    x.month
  FROM paid AS x
  JOIN paid AS y
    ON y.person_id = x.person_id
   AND y.month = x.month
   AND y.program_code > x.program_code
  WHERE STRPOS('|' || COALESCE(x.exclusive_with, '') || '|', '|' || y.program_code || '|') > 0
     OR STRPOS('|' || COALESCE(y.exclusive_with, '') || '|', '|' || x.program_code || '|') > 0
  UNION ALL
  SELECT
    s.person_id,
    s.program_code AS program_a,
    s.program_code AS program_b,
    s.month
  FROM subsidy AS s
  GROUP BY s.person_id, s.program_code, s.month
  HAVING COUNT(DISTINCT s.village_code) > 1
), matched AS (
  SELECT
    c.person_id,
    c.program_a,
    c.program_b,
    c.month,
    p.pay_date,
    p.amount,
    p.area_code,
    ROW_NUMBER() OVER (
      PARTITION BY c.person_id, c.program_a, c.program_b
      ORDER BY CASE WHEN p.area_code IS NULL THEN 1 ELSE 0 END, p.pay_date DESC, p.area_code, p.pay_id
    ) AS latest
  FROM clash AS c
  JOIN paid AS p
    ON p.person_id = c.person_id
   AND p.month = c.month
  WHERE p.program_code = c.program_a
     OR p.program_code = c.program_b
)
SELECT
  m.person_id,
  m.program_a,
  m.program_b,
  MAX(CASE WHEN m.latest = 1 THEN m.area_code END) AS area_code,
  COUNT(DISTINCT m.month) AS months,
  COALESCE(SUM(m.amount), 0) AS amount_total,
  MIN(m.pay_date) AS first_pay_date,
  MAX(m.pay_date) AS last_pay_date,
  'yellow' AS grade
FROM matched AS m
GROUP BY m.person_id, m.program_a, m.program_b
