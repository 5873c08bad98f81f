-- a paid month conflicts with a death, with custody, or with pay and pension from outside the state sector
WITH paid AS (
  SELECT
    t.person_id,
    t.company_id,
    t.month,
    t.income,
    q.area_code,
    q.months,
    q.min_income,
    q.death_grace_days,
    r.as_of
  FROM personal_income_tax AS t
  LEFT JOIN company AS c
    ON c.company_id = t.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.income >= q.min_income
    AND t.month <= r.as_of
    AND t.month > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
), payroll AS (
  -- months paid by a company that keeps the person as an employee, and whether a post covers the month
  SELECT
    p.person_id,
    p.company_id,
    p.month,
    p.income,
    p.area_code,
    p.months,
    p.min_income,
    p.death_grace_days,
    MAX(
      CASE
        WHEN CAST(DATE_TRUNC('month', e.hire_date) AS DATE) <= p.month AND (e.leave_date IS NULL OR e.leave_date >= p.month) THEN 1
        ELSE 0
      END
    ) AS in_post
  FROM paid AS p
  JOIN soe_employee AS e
    ON e.person_id = p.person_id
   AND e.company_id = p.company_id
  WHERE e.hire_date <= p.as_of
  GROUP BY p.person_id, p.company_id, p.month, p.income, p.area_code, p.months, p.min_income, p.death_grace_days
), conflict AS (
  SELECT p.person_id, p.company_id, p.month, 'death' AS reason, CAST(NULL AS VARCHAR) AS other_company_id
  FROM payroll AS p
  JOIN death_record AS d
    ON d.person_id = p.person_id
  WHERE p.month > CAST(d.death_date + p.death_grace_days * INTERVAL '1' DAY AS DATE)
  UNION ALL
  SELECT p.person_id, p.company_id, p.month, 'custody' AS reason, CAST(NULL AS VARCHAR) AS other_company_id
  FROM payroll AS p
  JOIN custody AS c
    ON c.person_id = p.person_id
  WHERE c.custody_from <= p.month
    AND (c.custody_to IS NULL OR c.custody_to >= p.month)
  UNION ALL
  SELECT p.person_id, p.company_id, p.month, 'double' AS reason, o.company_id AS other_company_id
  FROM payroll AS p
  JOIN personal_income_tax AS o
    ON o.person_id = p.person_id
   AND o.month = p.month
  JOIN social_insurance AS i
    ON i.person_id = o.person_id
   AND i.company_id = o.company_id
   AND i.month = o.month
  LEFT JOIN soe_org AS g
    ON g.company_id = o.company_id
  WHERE p.in_post = 1
    AND o.company_id <> p.company_id
    AND o.income >= p.min_income
    AND i.ins_type = 'pension'
    AND g.company_id IS NULL
), told AS (
  SELECT
    x.person_id,
    x.company_id,
    STRING_AGG(DISTINCT x.reason, ',' ORDER BY x.reason) AS reason,
    MIN(x.other_company_id) AS other_company_id,
    COUNT(*) FILTER (WHERE x.reason = 'death') AS after_death
  FROM conflict AS x
  GROUP BY x.person_id, x.company_id
), total AS (
  SELECT
    p.person_id,
    p.company_id,
    p.area_code,
    p.months,
    COUNT(*) AS months_count,
    SUM(p.income) AS income_total,
    MIN(p.month) AS first_month,
    MAX(p.month) AS last_month
  FROM payroll AS p
  WHERE EXISTS (
    SELECT 1
    FROM conflict AS x
    WHERE x.person_id = p.person_id
      AND x.company_id = p.company_id
      AND x.month = p.month
  )
  GROUP BY p.person_id, p.company_id, p.area_code, p.months
)
SELECT
  t.person_id,
  t.company_id,
  t.area_code,
  s.reason,
  t.months_count,
  t.income_total,
  s.other_company_id,
  STRFTIME(t.first_month, '%Y-%m') AS first_month,
  STRFTIME(t.last_month, '%Y-%m') AS last_month,
  'red' AS grade
FROM total AS t
JOIN told AS s
  ON s.person_id = t.person_id
 AND s.company_id = t.company_id
WHERE t.months_count >= t.months
   OR s.after_death > 0
