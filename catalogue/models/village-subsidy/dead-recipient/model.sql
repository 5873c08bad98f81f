-- a pension is dated by the first day of the month it is for, and lies where its owner is registered
WITH paid AS (
  SELECT
    p.person_id,
    p.program_code,
    'subsidy ' || p.pay_id AS payment,
    p.amount,
    p.pay_date,
    p.village_code
  FROM subsidy_payment AS p
  WHERE p.person_id <> ''
    AND p.program_code <> ''
  UNION ALL
  SELECT
    n.person_id,
    'pension' AS program_code,
    'pension ' || CAST(n.month AS VARCHAR) AS payment,
    n.amount,
    n.month AS pay_date,
    CAST(NULL AS VARCHAR) AS village_code
  FROM pension_payment AS n
  WHERE n.person_id <> ''
), placed AS (
  SELECT
    p.person_id,
    p.program_code,
    p.payment,
    p.amount,
    p.pay_date,
    d.death_date,
    d.registered_date,
    q.area_code,
    q.grace_days
  FROM paid AS p
  JOIN death_record AS d
    ON d.person_id = p.person_id
  LEFT JOIN person AS i
    ON i.person_id = p.person_id
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  LEFT JOIN param AS home
    ON home.area_code = i.hukou_village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, home.area_code, r.root_area)
), late AS (
  SELECT
    p.person_id,
    p.program_code,
    p.amount,
    p.pay_date,
    p.death_date,
    p.registered_date,
    p.area_code,
    ROW_NUMBER() OVER (PARTITION BY p.person_id, p.program_code ORDER BY p.pay_date DESC, p.area_code, p.payment) AS latest
  FROM placed AS p
  WHERE p.pay_date > CAST(p.death_date + p.grace_days * INTERVAL '1' DAY AS DATE)
)
SELECT
  l.person_id,
  l.program_code,
  MAX(CASE WHEN l.latest = 1 THEN l.area_code END) AS area_code,
  COUNT(*) AS payments,
  COALESCE(SUM(l.amount), 0) AS amount_total,
  MIN(l.death_date) AS death_date,
  MIN(l.pay_date) AS first_pay_date,
  MAX(l.pay_date) AS last_pay_date,
  COALESCE(SUM(CASE WHEN l.registered_date IS NULL OR l.pay_date < l.registered_date THEN l.amount END), 0) AS amount_before_registration,
  'red' AS grade
FROM late AS l
GROUP BY l.person_id, l.program_code
