WITH bought AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    q.area_code,
    q.years,
    q.min_ratio
  FROM soe_purchase AS b
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.purchase_id <> ''
    AND b.supplier_id <> ''
), behind AS (
  SELECT
    b.purchase_id,
    k.person_id,
    MAX(k.min_tier) AS min_tier
  FROM bought AS b
  JOIN controls AS k
    ON k.company_id = b.supplier_id
  WHERE k.depth <= 2
    AND (k.share IS NULL OR k.share >= b.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= b.award_date)
    AND (k.to_date IS NULL OR k.to_date >= b.award_date)
  GROUP BY b.purchase_id, k.person_id
), past AS (
  SELECT
    h.purchase_id,
    h.person_id,
    h.min_tier,
    b.company_id,
    b.award_date,
    e.position,
    e.leave_date,
    ROW_NUMBER() OVER (PARTITION BY h.purchase_id, h.person_id ORDER BY e.leave_date DESC, e.position) AS latest
  FROM behind AS h
  JOIN bought AS b
    ON b.purchase_id = h.purchase_id
  JOIN soe_employee AS e
    ON e.person_id = h.person_id
   AND e.company_id = b.company_id
  WHERE e.leave_date < b.award_date
), supplied AS (
  SELECT
    p.person_id,
    b.supplier_id,
    b.company_id,
    b.area_code,
    b.purchase_id,
    b.award_amount,
    b.award_date,
    p.position,
    p.leave_date,
    p.min_tier,
    ROW_NUMBER() OVER (PARTITION BY p.person_id, b.supplier_id ORDER BY b.award_date DESC, b.area_code, b.purchase_id) AS latest
  FROM past AS p
  JOIN bought AS b
    ON b.purchase_id = p.purchase_id
  WHERE p.latest = 1
    AND b.award_date <= CAST(p.leave_date + b.years * INTERVAL '1' YEAR AS DATE)
    AND NOT EXISTS (
      -- still, or again, in employment there
      SELECT 1
      FROM soe_employee AS s
      WHERE s.person_id = p.person_id
        AND s.company_id = p.company_id
        AND s.hire_date <= p.award_date
        AND (s.leave_date IS NULL OR s.leave_date >= p.award_date)
    )
), last_one AS (
  SELECT
    s.person_id,
    s.supplier_id,
    s.company_id,
    s.area_code,
    s.position,
    s.leave_date,
    q.red_years
  FROM supplied AS s
  JOIN param AS q
    ON q.area_code = s.area_code
  WHERE s.latest = 1
)
SELECT
  s.person_id,
  s.supplier_id,
  n.area_code,
  n.company_id,
  n.position,
  n.leave_date,
  COUNT(*) AS purchases,
  COALESCE(SUM(s.award_amount), 0) AS award_total,
  MIN(s.award_date) AS first_award_date,
  MAX(s.award_date) AS last_award_date,
  MAX(s.min_tier) AS identity_tier,
  CASE
    WHEN COUNT(*) FILTER (WHERE s.award_date < CAST(s.leave_date + n.red_years * INTERVAL '1' YEAR AS DATE)) > 0 THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM supplied AS s
JOIN last_one AS n
  ON n.person_id = s.person_id
 AND n.supplier_id = s.supplier_id
GROUP BY s.person_id, s.supplier_id, n.area_code, n.company_id, n.position, n.leave_date, n.red_years
