WITH sole AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    NULLIF(TRIM(b.single_source_reason), '') AS reason,
    q.area_code,
    q.min_times,
    q.min_total
  FROM soe_purchase AS b
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.method = 'single_source'
    AND b.company_id <> ''
    AND b.supplier_id <> ''
    AND b.award_date <= r.as_of
    AND b.award_date > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
), pair AS (
  SELECT
    s.company_id,
    s.supplier_id,
    s.area_code,
    COUNT(*) AS times,
    SUM(s.award_amount) AS amount_total,
    MIN(s.award_date) AS first_award_date,
    MAX(s.award_date) AS last_award_date
  FROM sole AS s
  GROUP BY s.company_id, s.supplier_id, s.area_code, s.min_times, s.min_total
  HAVING COUNT(*) >= s.min_times
    AND COALESCE(SUM(s.award_amount), 0) >= s.min_total
), given AS (
  SELECT
    s.company_id,
    s.supplier_id,
    s.reason,
    COUNT(*) AS times
  FROM sole AS s
  WHERE s.reason IS NOT NULL
  GROUP BY s.company_id, s.supplier_id, s.reason
), wording AS (
  SELECT
    g.company_id,
    g.supplier_id,
    MAX(g.times) AS same_reason,
    STRING_AGG(g.reason, ',' ORDER BY g.reason) AS reasons
  FROM given AS g
  GROUP BY g.company_id, g.supplier_id
)
SELECT
  p.company_id,
  p.supplier_id,
  p.area_code,
  p.times,
  COALESCE(p.amount_total, 0) AS amount_total,
  COALESCE(w.same_reason, 0) AS same_reason,
  w.reasons,
  p.first_award_date,
  p.last_award_date,
  'yellow' AS grade
FROM pair AS p
LEFT JOIN wording AS w
  ON w.company_id = p.company_id
 AND w.supplier_id = p.supplier_id
