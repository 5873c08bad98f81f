WITH insured AS (
  SELECT
    i.person_id,
    i.company_id,
    COUNT(DISTINCT i.month) AS insured_months,
    MIN(i.month) AS first_month
  FROM social_insurance AS i
  JOIN soe_org AS o
    ON o.company_id = i.company_id
  CROSS JOIN run AS r
  WHERE i.ins_type = 'pension'
    AND i.month <= r.as_of
  GROUP BY i.person_id, i.company_id
), settled AS (
  SELECT
    i.person_id,
    i.company_id,
    i.insured_months,
    i.first_month,
    q.area_code,
    q.closed_methods,
    q.exempt_methods,
    r.as_of
  FROM insured AS i
  LEFT JOIN company AS c
    ON c.company_id = i.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE i.insured_months >= q.months
), post AS (
  SELECT
    s.person_id,
    s.company_id,
    e.hire_date,
    NULLIF(e.recruit_method, '') AS recruit_method,
    STRPOS('|' || s.closed_methods || '|', '|' || NULLIF(e.recruit_method, '') || '|') AS closed,
    STRPOS('|' || s.exempt_methods || '|', '|' || NULLIF(e.recruit_method, '') || '|') AS exempt
  FROM settled AS s
  JOIN soe_employee AS e
    ON e.person_id = s.person_id
   AND e.company_id = s.company_id
  WHERE e.hire_date <= s.as_of
), entered AS (
  SELECT
    p.person_id,
    p.company_id,
    MIN(p.hire_date) AS hire_date,
    STRING_AGG(DISTINCT p.recruit_method, ',' ORDER BY p.recruit_method) AS recruit_method
  FROM post AS p
  GROUP BY p.person_id, p.company_id
)
SELECT
  s.person_id,
  s.company_id,
  s.area_code,
  STRFTIME(s.first_month, '%Y-%m') AS first_month,
  e.hire_date,
  e.recruit_method,
  s.insured_months,
  'yellow' AS grade
FROM settled AS s
LEFT JOIN entered AS e
  ON e.person_id = s.person_id
 AND e.company_id = s.company_id
WHERE NOT EXISTS (
    -- recruited openly
    SELECT 1
    FROM soe_recruit AS n
    WHERE n.person_id = s.person_id
      AND n.company_id = s.company_id
      AND n.hired
  )
  AND NOT EXISTS (
    -- entered a post on a way that is not closed, or on an exempt one
    SELECT 1
    FROM post AS p
    WHERE p.person_id = s.person_id
      AND p.company_id = s.company_id
      AND (p.closed = 0 OR p.exempt > 0)
  )
