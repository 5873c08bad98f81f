-- void and reversed invoices are read here on purpose
WITH used AS (
  SELECT
    b.invoice_no,
    COUNT(*) AS purchases,
    SUM(b.amount) AS booked
  FROM village_purchase AS b
  WHERE b.invoice_no <> ''
  GROUP BY b.invoice_no
), compared AS (
  SELECT
    b.purchase_id,
    b.village_code,
    b.supplier_id,
    b.amount,
    b.invoice_no,
    q.area_code,
    CONCAT_WS(
      ',',
      CASE WHEN b.invoice_no IS NULL OR b.invoice_no = '' THEN 'a' END,
      CASE WHEN i.status IN ('void', 'red') THEN 'b' END,
      CASE WHEN i.seller_id <> b.supplier_id AND i.seller_id <> '' AND b.supplier_id <> '' THEN 'c' END,
      CASE WHEN u.purchases > 1 AND u.booked > i.amount THEN 'd' END,
      CASE WHEN b.invoice_no <> '' AND i.invoice_no IS NULL THEN 'e' END
    ) AS reasons
  FROM village_purchase AS b
  LEFT JOIN invoice AS i
    ON i.invoice_no = b.invoice_no
  LEFT JOIN used AS u
    ON u.invoice_no = b.invoice_no
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.purchase_id <> ''
    AND b.amount >= q.min_amount
)
SELECT
  c.purchase_id,
  c.village_code,
  c.area_code,
  c.supplier_id,
  c.amount,
  c.reasons,
  c.invoice_no,
  'yellow' AS grade
FROM compared AS c
WHERE c.reasons <> ''
