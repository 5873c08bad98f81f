WITH bought AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    s.reg_date,
    CAST(DATE_TRUNC('month', CAST(b.award_date - INTERVAL '1' MONTH AS DATE)) AS DATE) AS staff_month,
    q.area_code,
    q.months,
    q.max_staff,
    q.max_revenue
  FROM soe_purchase AS b
  JOIN company AS s
    ON s.company_id = b.supplier_id
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.company_id <> ''
    AND b.award_amount >= q.min_amount
), insured AS (
  SELECT
    b.purchase_id,
    COUNT(DISTINCT i.person_id) AS staff
  FROM bought AS b
  JOIN social_insurance AS i
    ON i.company_id = b.supplier_id
   AND i.month = b.staff_month
  GROUP BY b.purchase_id
), taxed AS (
  SELECT
    b.purchase_id,
    SUM(t.revenue) AS revenue
  FROM bought AS b
  JOIN tax_record AS t
    ON t.company_id = b.supplier_id
  WHERE t.period >= CAST(b.award_date - INTERVAL '12' MONTH AS DATE)
    AND t.period < b.award_date
  GROUP BY b.purchase_id
), tested AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    b.reg_date,
    b.area_code,
    COALESCE(i.staff, 0) AS staff,
    COALESCE(b.reg_date > CAST(b.award_date - b.months * INTERVAL '1' MONTH AS DATE), FALSE) AS is_new,
    COALESCE(i.staff, 0) <= b.max_staff AND COALESCE(t.revenue, 0) < b.max_revenue AND b.award_date IS NOT NULL AS is_shell
  FROM bought AS b
  LEFT JOIN insured AS i
    ON i.purchase_id = b.purchase_id
  LEFT JOIN taxed AS t
    ON t.purchase_id = b.purchase_id
)
SELECT
  t.company_id,
  t.supplier_id,
  t.area_code,
  COUNT(*) AS purchases,
  SUM(t.award_amount) AS award_total,
  MIN(t.reg_date) AS reg_date,
  MIN(t.staff) AS staff,
  CASE
    WHEN COUNT(*) FILTER (WHERE t.is_new) = 0 THEN 'shell'
    WHEN COUNT(*) FILTER (WHERE t.is_shell) = 0 THEN 'new'
    ELSE 'new,shell'
  END AS reasons,
  MIN(t.award_date) AS first_award_date,
  MAX(t.award_date) AS last_award_date,
  'yellow' AS grade
FROM tested AS t
WHERE t.is_new
   OR t.is_shell
GROUP BY t.company_id, t.supplier_id, t.area_code
