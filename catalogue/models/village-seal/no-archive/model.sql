WITH used AS (
  SELECT
    s.seal_use_id,
    s.village_code,
    q.area_code,
    s.seal_type,
    s.use_time,
    DATE_DIFF('day', CAST(s.use_time AS DATE), r.as_of) AS days_open,
    s.copies,
    q.max_days,
    q.raise_days
  FROM seal_use AS s
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE NOT COALESCE(s.doc_uploaded, FALSE)
)
SELECT
  u.seal_use_id,
  u.village_code,
  u.area_code,
  u.seal_type,
  u.use_time,
  u.days_open,
  u.copies,
  CASE WHEN u.days_open > u.raise_days THEN 'yellow' ELSE 'blue' END AS grade
FROM used AS u
WHERE u.seal_use_id <> ''
  AND u.days_open > u.max_days
