-- an entry that came late clears; one dated after the look has not happened
WITH due AS (
  SELECT
    b.purchase_id,
    b.village_code,
    b.item_name,
    b.amount,
    b.asset_id,
    b.accept_date,
    CAST(b.accept_date + q.ledger_days * INTERVAL '1' DAY AS DATE) AS due_date,
    q.area_code,
    q.capital_limit,
    r.as_of
  FROM village_purchase AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.purchase_id <> ''
    AND b.amount >= q.capital_limit
    AND b.accept_date <= r.as_of
    -- the list of prefixes, A|B, is a choice of a pattern as it stands; most items are told by their first letter
    AND STRPOS(q.durable_prefix, LEFT(b.item_code, 1)) > 0
    AND q.durable_prefix <> ''
    AND REGEXP_REPLACE(b.item_code, '^(' || q.durable_prefix || ')', '', 'g') <> b.item_code
), entered AS (
  SELECT DISTINCT
    d.purchase_id
  FROM due AS d
  JOIN village_asset AS a
    ON a.asset_id = d.asset_id
  WHERE a.registered_date <= d.as_of
    AND d.asset_id <> ''
)
SELECT
  d.purchase_id,
  d.village_code,
  d.area_code,
  d.item_name,
  d.amount,
  d.accept_date,
  DATE_DIFF('day', d.due_date, d.as_of) AS days_late,
  CASE WHEN d.amount >= 10 * d.capital_limit THEN 'yellow' ELSE 'blue' END AS grade
FROM due AS d
LEFT JOIN entered AS e
  ON e.purchase_id = d.purchase_id
WHERE d.due_date < d.as_of
  AND e.purchase_id IS NULL
