-- an asset that was ever let is left to the model on contracts that have ended
WITH let AS (
  SELECT DISTINCT
    c.asset_id
  FROM village_contract AS c
  CROSS JOIN run AS r
  WHERE (c.status IS NULL OR c.status <> 'void')
    AND (c.start_date IS NULL OR c.start_date <= r.as_of)
), idle AS (
  SELECT
    a.asset_id,
    a.village_code,
    q.area_code,
    COALESCE(a.idle_since, a.registered_date) AS idle_from,
    DATE_DIFF('day', COALESCE(a.idle_since, a.registered_date), r.as_of) AS idle_days,
    a.net_value,
    a.area,
    q.max_idle_days,
    q.min_value,
    q.min_area,
    q.raise_days
  FROM village_asset AS a
  LEFT JOIN let AS l
    ON l.asset_id = a.asset_id
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.use_status = 'idle'
    AND l.asset_id IS NULL
)
SELECT
  i.asset_id,
  i.village_code,
  i.area_code,
  i.idle_from,
  i.idle_days,
  i.net_value,
  i.area,
  CASE WHEN i.idle_days > i.raise_days THEN 'yellow' ELSE 'blue' END AS grade
FROM idle AS i
WHERE i.asset_id <> ''
  AND i.idle_days > i.max_idle_days
  AND (i.net_value >= i.min_value OR i.area >= i.min_area)
