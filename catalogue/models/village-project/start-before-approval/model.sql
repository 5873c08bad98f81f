WITH approved AS (
  SELECT
    a.matter_id AS project_id,
    CAST(MAX(a.approve_time) AS DATE) AS approved_date
  FROM village_approval AS a
  WHERE a.matter_type = 'project'
    AND a.result = 'pass'
  GROUP BY a.matter_id
), paid AS (
  SELECT
    y.project_id,
    MIN(y.pay_date) AS first_pay_date
  FROM village_project_payment AS y
  GROUP BY y.project_id
), begun AS (
  SELECT
    p.project_id,
    p.village_code,
    q.area_code,
    a.approved_date,
    p.sign_date,
    p.start_date,
    y.first_pay_date,
    CAST(LEAST(p.start_date, y.first_pay_date) + q.grace_days * INTERVAL '1' DAY AS DATE) AS begin_limit,
    CAST(y.first_pay_date + q.grace_days * INTERVAL '1' DAY AS DATE) AS pay_limit
  FROM village_project AS p
  LEFT JOIN approved AS a
    ON a.project_id = p.project_id
  LEFT JOIN paid AS y
    ON y.project_id = p.project_id
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.project_id <> ''
)
SELECT
  b.project_id,
  b.village_code,
  b.area_code,
  b.approved_date,
  b.sign_date,
  b.start_date,
  b.first_pay_date,
  CASE
    WHEN b.pay_limit < b.approved_date THEN 'red'
    WHEN b.approved_date IS NULL AND b.first_pay_date IS NOT NULL THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM begun AS b
WHERE b.begin_limit IS NOT NULL
  AND (
    b.approved_date IS NULL
    OR b.sign_date IS NULL
    OR b.begin_limit < b.approved_date
    OR b.begin_limit < b.sign_date
  )
