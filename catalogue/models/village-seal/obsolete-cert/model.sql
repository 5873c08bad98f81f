WITH certified AS (
  SELECT
    s.village_code,
    q.area_code,
    s.purpose,
    CAST(s.use_time AS DATE) AS use_date,
    s.copies
  FROM seal_use AS s
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE s.village_code <> ''
    AND s.matter_type = 'certificate'
    AND STRPOS('|' || q.banned_purposes || '|', '|' || NULLIF(s.purpose, '') || '|') > 0
)
SELECT
  c.village_code,
  c.purpose,
  c.area_code,
  COUNT(*) AS uses,
  MIN(c.use_date) AS first_use_date,
  MAX(c.use_date) AS last_use_date,
  CAST(COALESCE(SUM(c.copies), 0) AS BIGINT) AS copies_total,
  'blue' AS grade
FROM certified AS c
GROUP BY c.village_code, c.purpose, c.area_code
