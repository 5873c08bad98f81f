WITH handled AS (
  SELECT b.company_id, b.requester_id AS person_id, b.purchase_id, b.supplier_id, b.award_amount, b.award_date
  FROM soe_purchase AS b
  WHERE b.requester_id <> ''
  UNION ALL
  -- once only where one person requested and approved
  SELECT b.company_id, b.approver_id AS person_id, b.purchase_id, b.supplier_id, b.award_amount, b.award_date
  FROM soe_purchase AS b
  WHERE b.approver_id <> ''
    AND (b.requester_id IS NULL OR b.requester_id <> b.approver_id)
), dated AS (
  SELECT
    d.company_id,
    d.person_id,
    d.purchase_id,
    d.supplier_id,
    d.award_amount,
    d.award_date,
    d.award_date > CAST(r.as_of - q.years * INTERVAL '1' YEAR AS DATE) AS is_recent,
    d.award_date > CAST(r.as_of - INTERVAL '1' YEAR AS DATE) AS is_last_year,
    q.area_code,
    q.top_share,
    q.min_purchases
  FROM handled AS d
  LEFT JOIN company AS c
    ON c.company_id = d.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE d.company_id <> ''
    AND d.award_date <= r.as_of
), held AS (
  SELECT
    d.company_id,
    d.person_id,
    d.area_code,
    d.top_share,
    MIN(d.award_date) AS first_award_date,
    MAX(d.award_date) AS last_award_date,
    COUNT(*) FILTER (WHERE d.is_recent) AS purchases,
    SUM(d.award_amount) FILTER (WHERE d.is_recent) AS total
  FROM dated AS d
  GROUP BY d.company_id, d.person_id, d.area_code, d.top_share, d.min_purchases
  HAVING COUNT(*) FILTER (WHERE d.is_last_year) > 0
    AND COUNT(*) FILTER (WHERE NOT d.is_recent) > 0
    AND COUNT(*) FILTER (WHERE d.is_recent) >= d.min_purchases
), supplied AS (
  SELECT
    d.company_id,
    d.person_id,
    d.supplier_id,
    SUM(d.award_amount) AS amount,
    ROW_NUMBER() OVER (PARTITION BY d.company_id, d.person_id ORDER BY COALESCE(SUM(d.award_amount), 0) DESC, d.supplier_id) AS place
  FROM dated AS d
  WHERE d.is_recent
    AND d.supplier_id <> ''
  GROUP BY d.company_id, d.person_id, d.supplier_id
)
SELECT
  h.company_id,
  h.person_id,
  h.area_code,
  s.supplier_id,
  CAST(DATE_DIFF('day', h.first_award_date, h.last_award_date) / 365.25 AS DECIMAL(18, 6)) AS years_in_post,
  h.purchases,
  CAST(s.amount / h.total AS DECIMAL(18, 6)) AS top_share,
  h.first_award_date,
  'blue' AS grade
FROM held AS h
JOIN supplied AS s
  ON s.company_id = h.company_id
 AND s.person_id = h.person_id
WHERE s.place = 1
  AND h.total > 0
  AND s.amount >= h.top_share * h.total
