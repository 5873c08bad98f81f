WITH closed AS (
  SELECT
    a.appeal_id,
    a.village_code,
    a.matter_id,
    a.verified_result,
    CAST(a.done_time AS DATE) AS done_date,
    CAST(CAST(a.done_time AS DATE) + q.days * INTERVAL '1' DAY AS DATE) AS last_date,
    q.area_code,
    r.as_of
  FROM appeal AS a
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.verified_result = 'false'
    AND a.matter_id <> ''
    AND CAST(a.done_time AS DATE) <= r.as_of
), confirmed AS (
  SELECT DISTINCT c.appeal_id
  FROM closed AS c
  JOIN alert AS w
    ON w.matter_id = c.matter_id
  WHERE w.result = 'true'
    AND CAST(w.reviewed_time AS DATE) <= c.as_of
), due AS (
  SELECT c.appeal_id, SUM(d.amount_due) AS amount_due
  FROM closed AS c
  JOIN rent_receivable AS d
    ON d.contract_id = c.matter_id
  WHERE d.due_date <= c.done_date
    AND c.as_of > c.last_date
  GROUP BY c.appeal_id
), paid AS (
  SELECT c.appeal_id, SUM(p.amount) AS received
  FROM closed AS c
  JOIN rent_receipt AS p
    ON p.contract_id = c.matter_id
  WHERE p.received_date <= c.last_date
  GROUP BY c.appeal_id
), owing AS (
  SELECT d.appeal_id, d.amount_due - COALESCE(p.received, 0) AS amount_open
  FROM due AS d
  LEFT JOIN paid AS p
    ON p.appeal_id = d.appeal_id
  WHERE d.amount_due > COALESCE(p.received, 0)
)
SELECT
  c.appeal_id,
  c.village_code,
  c.area_code,
  c.matter_id,
  c.verified_result,
  CONCAT_WS(
    ',',
    CASE WHEN k.appeal_id IS NOT NULL THEN 'alert' END,
    CASE WHEN o.appeal_id IS NOT NULL THEN 'receivable' END
  ) AS contradiction,
  o.amount_open,
  'yellow' AS grade
FROM closed AS c
LEFT JOIN confirmed AS k
  ON k.appeal_id = c.appeal_id
LEFT JOIN owing AS o
  ON o.appeal_id = c.appeal_id
WHERE k.appeal_id IS NOT NULL
   OR o.appeal_id IS NOT NULL
