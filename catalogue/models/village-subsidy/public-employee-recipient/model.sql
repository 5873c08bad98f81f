-- low-income support is dated by its first day and counts with its monthly amount
WITH staff AS (
  SELECT
    e.person_id,
    e.org_id,
    e.from_date,
    e.to_date
  FROM public_employee AS e
  WHERE e.employ_type IS NULL OR e.employ_type <> 'temporary'
), excluded AS (
  SELECT
    p.person_id,
    p.program_code,
    'subsidy ' || p.pay_id AS payment,
    p.amount,
    p.pay_date AS paid_date,
    p.village_code,
    e.org_id
  FROM subsidy_payment AS p
  JOIN subsidy_program AS g
    ON g.program_code = p.program_code
  JOIN staff AS e
    ON e.person_id = p.person_id
  WHERE g.exclude_public_employee
    AND (e.from_date IS NULL OR e.from_date <= p.pay_date)
    AND (e.to_date IS NULL OR e.to_date >= p.pay_date)
    AND p.pay_date IS NOT NULL
  UNION ALL
  SELECT
    l.person_id,
    l.benefit_type AS program_code,
    'support ' || CAST(l.from_date AS VARCHAR) AS payment,
    l.monthly_amount AS amount,
    l.from_date AS paid_date,
    l.village_code,
    e.org_id
  FROM low_income AS l
  JOIN staff AS e
    ON e.person_id = l.person_id
  WHERE (e.from_date IS NULL OR l.to_date IS NULL OR e.from_date <= l.to_date)
    AND (e.to_date IS NULL OR l.from_date IS NULL OR e.to_date >= l.from_date)
), placed AS (
  SELECT
    x.person_id,
    x.program_code,
    x.payment,
    x.amount,
    x.paid_date,
    MIN(x.org_id) AS org_id,
    MIN(COALESCE(own.area_code, r.root_area)) AS area_code
  FROM excluded AS x
  LEFT JOIN param AS own
    ON own.area_code = x.village_code
  CROSS JOIN run AS r
  WHERE x.person_id <> ''
    AND x.program_code <> ''
  GROUP BY x.person_id, x.program_code, x.payment, x.amount, x.paid_date
), ranked AS (
  SELECT
    p.person_id,
    p.program_code,
    p.amount,
    p.paid_date,
    p.org_id,
    p.area_code,
    ROW_NUMBER() OVER (PARTITION BY p.person_id, p.program_code ORDER BY p.paid_date DESC, p.area_code, p.payment) AS latest
  FROM placed AS p
)
SELECT
  k.person_id,
  k.program_code,
  MAX(CASE WHEN k.latest = 1 THEN k.area_code END) AS area_code,
  MIN(k.org_id) AS org_id,
  COUNT(*) AS payments,
  COALESCE(SUM(k.amount), 0) AS amount_total,
  MIN(k.paid_date) AS first_date,
  MAX(k.paid_date) AS last_date,
  'red' AS grade
FROM ranked AS k
GROUP BY k.person_id, k.program_code
