WITH traded AS (
  SELECT
    c.contract_id,
    c.village_code,
    q.area_code,
    c.party_id,
    c.annual_rent,
    c.total_amount,
    t.trade_id,
    t.winner_id,
    t.deal_price,
    q."limit" AS from_amount,
    q.red_factor,
    q.price_tol
  FROM village_contract AS c
  LEFT JOIN rural_trade AS t
    ON t.trade_id = c.trade_id
   AND t.trade_id <> ''
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE c.contract_id <> ''
    AND (c.status IS NULL OR c.status <> 'void')
    AND c.contract_type IN ('lease', 'land', 'sale')
    AND GREATEST(c.annual_rent, c.total_amount) >= q."limit"
), tested AS (
  SELECT
    t.contract_id,
    t.village_code,
    t.area_code,
    t.party_id,
    CONCAT_WS(
      ',',
      CASE WHEN t.trade_id IS NULL THEN 'a' END,
      CASE
        WHEN t.trade_id IS NULL THEN NULL
        WHEN COALESCE(t.winner_id, '') = '' THEN 'b'
        WHEN t.party_id <> '' AND t.winner_id <> t.party_id THEN 'b'
      END,
      CASE
        WHEN t.deal_price <> 0
         AND (t.annual_rent IS NULL OR ABS(t.annual_rent - t.deal_price) > CAST(t.price_tol AS DECIMAL(19, 6)) * t.deal_price)
         AND (t.total_amount IS NULL OR ABS(t.total_amount - t.deal_price) > CAST(t.price_tol AS DECIMAL(19, 6)) * t.deal_price)
        THEN 'c'
      END
    ) AS reasons,
    t.annual_rent,
    t.deal_price,
    CASE WHEN t.annual_rent >= t.from_amount * CAST(t.red_factor AS DECIMAL(19, 6)) THEN 'red' ELSE 'yellow' END AS grade
  FROM traded AS t
)
SELECT
  t.contract_id,
  t.village_code,
  t.area_code,
  t.party_id,
  t.reasons,
  t.annual_rent,
  t.deal_price,
  t.grade
FROM tested AS t
WHERE t.reasons <> ''
