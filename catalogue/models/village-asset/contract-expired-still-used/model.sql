-- one contract decides an asset: the one that ends last; an open-ended one silences it
WITH ranked AS (
  SELECT
    c.contract_id,
    c.asset_id,
    c.village_code,
    c.party_id,
    c.end_date,
    c.annual_rent,
    ROW_NUMBER() OVER (
      PARTITION BY c.asset_id
      ORDER BY CASE WHEN c.end_date IS NULL THEN 0 ELSE 1 END, c.end_date DESC, c.contract_id DESC
    ) AS latest
  FROM village_contract AS c
  WHERE c.asset_id <> ''
    AND c.contract_type IN ('lease', 'land')
    AND (c.status IS NULL OR c.status <> 'void')
), expired AS (
  SELECT
    k.contract_id,
    k.asset_id,
    k.village_code,
    k.party_id,
    k.end_date,
    k.annual_rent,
    q.area_code,
    q.red_days,
    q.listing_valid_days,
    r.as_of
  FROM ranked AS k
  LEFT JOIN param AS own
    ON own.area_code = k.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE k.latest = 1
    AND CAST(k.end_date + q.grace_days * INTERVAL '1' DAY AS DATE) < r.as_of
), cleared AS (
  SELECT DISTINCT
    e.asset_id
  FROM expired AS e
  JOIN rural_trade AS t
    ON t.asset_id = e.asset_id
  WHERE t.listing_date >= CAST(e.end_date - 180 * INTERVAL '1' DAY AS DATE)
    AND t.listing_date <= e.as_of
    AND (
      t.winner_id <> ''
      OR t.listing_date >= CAST(e.as_of - e.listing_valid_days * INTERVAL '1' DAY AS DATE)
    )
), paid AS (
  SELECT
    e.contract_id,
    SUM(p.amount) AS receipts_after_end
  FROM expired AS e
  JOIN rent_receipt AS p
    ON p.contract_id = e.contract_id
  WHERE p.received_date > e.end_date
    AND p.received_date <= e.as_of
  GROUP BY e.contract_id
), aged AS (
  SELECT
    e.contract_id,
    e.village_code,
    e.area_code,
    e.asset_id,
    a.use_status,
    e.party_id,
    e.end_date,
    DATE_DIFF('day', e.end_date, e.as_of) AS days_since_end,
    COALESCE(p.receipts_after_end, 0) AS receipts_after_end,
    e.annual_rent,
    e.red_days
  FROM expired AS e
  LEFT JOIN cleared AS k
    ON k.asset_id = e.asset_id
  LEFT JOIN paid AS p
    ON p.contract_id = e.contract_id
  LEFT JOIN village_asset AS a
    ON a.asset_id = e.asset_id
  WHERE k.asset_id IS NULL
    AND (a.use_status IS NULL OR a.use_status <> 'withdrawn')
)
SELECT
  g.contract_id,
  g.village_code,
  g.area_code,
  g.asset_id,
  g.use_status,
  g.party_id,
  g.end_date,
  g.days_since_end,
  g.receipts_after_end,
  CAST(g.annual_rent * g.days_since_end / 365 AS DECIMAL(18, 2)) AS estimated_loss,
  CASE
    WHEN g.use_status = 'leased' AND g.days_since_end > g.red_days AND g.receipts_after_end = 0 THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM aged AS g
WHERE g.contract_id <> ''
