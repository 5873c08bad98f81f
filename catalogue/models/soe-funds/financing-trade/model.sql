-- goods that come back to where they came from: seller and buyer are one, tied, or invoice each other the other way round
WITH thin AS (
  SELECT
    t.trade_no,
    t.company_id,
    t.supplier_id,
    t.customer_id,
    t.buy_amount,
    t.sell_amount,
    t.trade_date,
    q.area_code,
    q.min_amount,
    q.cycle_days,
    q.min_ratio
  FROM soe_trade AS t
  LEFT JOIN company AS c
    ON c.company_id = t.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.company_id <> ''
    AND t.supplier_id <> ''
    AND t.customer_id <> ''
    AND COALESCE(t.logistics_doc_no, '') = ''
    AND t.buy_amount > 0
    AND t.sell_amount <= (1 + CAST(q.margin AS DECIMAL(19, 6))) * t.buy_amount
), reason AS (
  SELECT t.trade_no, 'same' AS link, CAST(NULL AS VARCHAR) AS min_tier
  FROM thin AS t
  WHERE t.supplier_id = t.customer_id
  UNION ALL
  SELECT t.trade_no, k.basis AS link, k.min_tier
  FROM thin AS t
  JOIN linked_company AS k
    ON k.company_id_a = t.supplier_id
   AND k.company_id_b = t.customer_id
  WHERE (k.share IS NULL OR k.share >= t.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= t.trade_date)
    AND (k.to_date IS NULL OR k.to_date >= t.trade_date)
  UNION ALL
  SELECT t.trade_no, k.basis AS link, k.min_tier
  FROM thin AS t
  JOIN linked_company AS k
    ON k.company_id_a = t.customer_id
   AND k.company_id_b = t.supplier_id
  WHERE (k.share IS NULL OR k.share >= t.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= t.trade_date)
    AND (k.to_date IS NULL OR k.to_date >= t.trade_date)
  UNION ALL
  SELECT t.trade_no, 'return_invoice' AS link, CAST(NULL AS VARCHAR) AS min_tier
  FROM thin AS t
  JOIN invoice AS i
    ON i.seller_id = t.customer_id
   AND i.buyer_id = t.supplier_id
  WHERE COALESCE(i.status, 'normal') NOT IN ('void', 'red')
    AND i.issue_date >= CAST(t.trade_date - t.cycle_days * INTERVAL '1' DAY AS DATE)
    AND i.issue_date <= CAST(t.trade_date + t.cycle_days * INTERVAL '1' DAY AS DATE)
), named AS (
  SELECT
    t.company_id,
    t.supplier_id,
    t.customer_id,
    STRING_AGG(DISTINCT s.link, ',' ORDER BY s.link) AS link,
    MAX(s.min_tier) AS identity_tier
  FROM thin AS t
  JOIN reason AS s
    ON s.trade_no = t.trade_no
  GROUP BY t.company_id, t.supplier_id, t.customer_id
), suspicious AS (
  SELECT
    t.company_id,
    t.supplier_id,
    t.customer_id,
    t.area_code,
    COUNT(*) AS trades,
    SUM(t.buy_amount) AS buy_total,
    SUM(t.sell_amount) AS sell_total,
    MIN(t.trade_date) AS first_trade_date,
    MAX(t.trade_date) AS last_trade_date
  FROM thin AS t
  WHERE EXISTS (SELECT 1 FROM reason AS s WHERE s.trade_no = t.trade_no)
  GROUP BY t.company_id, t.supplier_id, t.customer_id, t.area_code, t.min_amount
  HAVING SUM(t.buy_amount) >= t.min_amount
)
SELECT
  s.company_id,
  s.supplier_id,
  s.customer_id,
  s.area_code,
  s.trades,
  s.buy_total,
  s.sell_total,
  n.link,
  s.first_trade_date,
  s.last_trade_date,
  n.identity_tier,
  'red' AS grade
FROM suspicious AS s
JOIN named AS n
  ON n.company_id = s.company_id
 AND n.supplier_id = s.supplier_id
 AND n.customer_id = s.customer_id
