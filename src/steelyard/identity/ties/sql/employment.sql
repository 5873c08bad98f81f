-- From the person to the employer.
SELECT person_id AS a, company_id AS b, 'social_insurance' AS basis, 'insured' AS role, 0.4 AS confidence,
  month AS from_date, last_day(month) AS to_date, told
FROM social_insurance
UNION ALL BY NAME
SELECT person_id AS a, org_id AS b, 'public_employee' AS basis, COALESCE(employ_type, 'employee') AS role,
  0.4 AS confidence, from_date, to_date, told
FROM public_employee
UNION ALL BY NAME
SELECT person_id AS a, company_id AS b, 'soe_employee' AS basis, COALESCE(position, 'employee') AS role,
  0.4 AS confidence, hire_date AS from_date, leave_date AS to_date, told
FROM soe_employee
