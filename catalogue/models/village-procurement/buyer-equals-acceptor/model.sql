WITH placed AS (
  SELECT
    b.purchase_id,
    b.village_code,
    b.buyer_id,
    b.amount,
    b.purchase_date,
    q.area_code,
    CASE WHEN b.buyer_id = b.acceptor_id THEN 1 ELSE 0 END AS self_accepted,
    CASE
      WHEN (b.accept_date IS NULL OR b.accept_date > r.as_of)
       AND CAST(b.purchase_date + q.accept_days * INTERVAL '1' DAY AS DATE) < r.as_of THEN 1
      ELSE 0
    END AS not_accepted
  FROM village_purchase AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.village_code <> ''
    AND b.buyer_id <> ''
    AND b.amount >= q.min_amount
    AND (b.purchase_date IS NULL OR b.purchase_date <= r.as_of)
)
SELECT
  p.village_code,
  p.buyer_id,
  p.area_code,
  COUNT(*) AS purchases,
  SUM(p.amount) AS amount_total,
  SUM(p.not_accepted) AS not_accepted,
  MAX(p.purchase_date) AS last_purchase_date,
  'blue' AS grade
FROM placed AS p
WHERE p.self_accepted + p.not_accepted > 0
GROUP BY p.village_code, p.buyer_id, p.area_code
