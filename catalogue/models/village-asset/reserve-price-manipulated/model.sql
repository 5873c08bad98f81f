WITH listing AS (
  SELECT
    t.trade_id,
    t.asset_id,
    t.village_code,
    q.area_code,
    t.listing_date,
    t.listing_end,
    t.reserve_price,
    t.deal_price,
    t.winner_id,
    t.deal_date,
    CASE WHEN t.bidder_count = 1 AND t.deal_price = t.reserve_price THEN 1 ELSE 0 END AS lone,
    q.cut,
    q.window_days,
    q.min_days
  FROM rural_trade AS t
  LEFT JOIN param AS own
    ON own.area_code = t.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.asset_id <> ''
    AND t.listing_date IS NOT NULL
), lowered AS (
  SELECT DISTINCT
    t.asset_id,
    t.trade_id
  FROM listing AS t
  JOIN listing AS p
    ON p.asset_id = t.asset_id
  WHERE p.listing_date < t.listing_date
    AND COALESCE(p.winner_id, '') = ''
    AND p.listing_end >= CAST(t.listing_date - t.window_days * INTERVAL '1' DAY AS DATE)
    AND p.listing_end <= t.listing_date
    AND t.reserve_price <= p.reserve_price * (1 - CAST(t.cut AS DECIMAL(19, 6)))
), sequence AS (
  SELECT
    t.asset_id,
    t.trade_id,
    t.lone,
    LAG(t.lone) OVER (PARTITION BY t.asset_id ORDER BY t.listing_date, t.trade_id) AS lone_before
  FROM listing AS t
), tested AS (
  SELECT
    t.asset_id,
    t.trade_id,
    t.village_code,
    t.area_code,
    t.listing_date,
    t.reserve_price,
    t.deal_price,
    t.winner_id,
    t.deal_date,
    CONCAT_WS(
      ',',
      CASE WHEN l.trade_id IS NOT NULL THEN 'a' END,
      CASE WHEN t.winner_id <> '' AND DATE_DIFF('day', t.listing_date, t.listing_end) < t.min_days THEN 'b' END,
      CASE WHEN s.lone = 1 AND s.lone_before = 1 THEN 'c' END
    ) AS reasons
  FROM listing AS t
  JOIN sequence AS s
    ON s.asset_id = t.asset_id
   AND s.trade_id = t.trade_id
  LEFT JOIN lowered AS l
    ON l.asset_id = t.asset_id
   AND l.trade_id = t.trade_id
), latest AS (
  SELECT
    t.asset_id,
    t.trade_id,
    t.village_code,
    t.area_code,
    t.reserve_price,
    t.deal_price,
    t.winner_id,
    t.deal_date,
    t.reasons,
    ROW_NUMBER() OVER (PARTITION BY t.asset_id ORDER BY t.listing_date DESC, t.trade_id DESC) AS rank
  FROM tested AS t
  WHERE t.reasons <> ''
), tie AS (
  SELECT
    t.asset_id,
    MIN(k.min_tier) AS min_tier
  FROM latest AS t
  JOIN in_office AS o
    ON o.village_code = t.village_code
  JOIN related_party AS k
    ON k.official_id = o.person_id
   AND k.party_id = t.winner_id
  JOIN param AS q
    ON q.area_code = t.area_code
  WHERE t.rank = 1
    AND (o.from_date IS NULL OR o.from_date <= t.deal_date)
    AND (o.to_date IS NULL OR o.to_date >= t.deal_date)
    AND (k.from_date IS NULL OR k.from_date <= t.deal_date)
    AND (k.to_date IS NULL OR k.to_date >= t.deal_date)
    AND k.degree <= q.max_degree
    AND COALESCE(k.confidence, 1) >= q.min_conf
    AND COALESCE(k.share, 1) >= q.min_ratio
    AND k.levels <= 2
    AND t.deal_date IS NOT NULL
  GROUP BY t.asset_id
)
SELECT
  t.asset_id,
  t.village_code,
  t.area_code,
  t.trade_id,
  t.reasons,
  t.reserve_price,
  t.deal_price,
  t.winner_id,
  t.deal_date,
  k.min_tier AS identity_tier,
  CASE WHEN k.asset_id IS NULL THEN 'yellow' ELSE 'red' END AS grade
FROM latest AS t
LEFT JOIN tie AS k
  ON k.asset_id = t.asset_id
WHERE t.rank = 1
