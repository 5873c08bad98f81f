-- a reply older than the end of the redo still awaits a new rating
WITH rated AS (
  SELECT
    a.appeal_id,
    a.village_code,
    a.category,
    a.assigned_org_id,
    a.satisfaction,
    COALESCE(a.redo_count, 0) AS redo_count,
    CAST(a.reply_time AS DATE) AS reply_date,
    CAST(a.done_time AS DATE) AS done_date,
    q.area_code,
    q.red_redo,
    r.as_of
  FROM appeal AS a
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.satisfaction <= q.bad_score
    AND r.as_of > CAST(CAST(a.reply_time AS DATE) + q.days * INTERVAL '1' DAY AS DATE)
)
SELECT
  d.appeal_id,
  d.village_code,
  d.area_code,
  d.category,
  d.assigned_org_id,
  d.satisfaction,
  d.redo_count,
  DATE_DIFF('day', d.reply_date, d.as_of) AS days_since_reply,
  CASE WHEN d.redo_count = 0 THEN 'not redone' ELSE 'still bad' END AS reason,
  CASE WHEN d.redo_count >= d.red_redo THEN 'red' ELSE 'yellow' END AS grade
FROM rated AS d
WHERE d.redo_count = 0
   OR (d.redo_count >= 1 AND d.reply_date >= d.done_date)
