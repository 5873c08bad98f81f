-- z = (month - mean) / sqrt(max(mean, 1)) with mean = before / 12; tested in squares and whole appeals, without rounding
WITH filed AS (
  SELECT
    a.appeal_id,
    a.village_code,
    t.town_code,
    a.category,
    COALESCE(own.area_code, r.root_area) AS area_code,
    CASE WHEN CAST(a.filed_time AS DATE) > CAST(r.as_of - 30 * INTERVAL '1' DAY AS DATE) THEN 1 ELSE 0 END AS recent
  FROM appeal AS a
  JOIN town_of_village AS t
    ON t.village_code = a.village_code
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  WHERE CAST(a.filed_time AS DATE) > CAST(r.as_of - 390 * INTERVAL '1' DAY AS DATE)
    AND CAST(a.filed_time AS DATE) <= r.as_of
    AND a.category <> ''
), counted AS (
  SELECT
    f.town_code,
    f.category,
    MIN(CASE WHEN f.recent = 1 THEN f.area_code END) AS area_code,
    CAST(SUM(f.recent) AS BIGINT) AS month_count,
    CAST(SUM(1 - f.recent) AS BIGINT) AS before_count,
    COUNT(DISTINCT CASE WHEN f.recent = 1 THEN f.village_code END) AS villages
  FROM filed AS f
  GROUP BY f.town_code, f.category
), scored AS (
  SELECT
    c.town_code,
    c.category,
    c.area_code,
    c.month_count,
    c.before_count,
    c.villages,
    12 * c.month_count - c.before_count AS above,
    12 * GREATEST(c.before_count, 12) AS spread
  FROM counted AS c
)
SELECT
  s.town_code,
  s.category,
  s.area_code,
  s.month_count,
  CAST(s.before_count / 12 AS DECIMAL(18,6)) AS monthly_mean,
  CAST(s.above / SQRT(s.spread) AS DECIMAL(18,6)) AS z_score,
  s.villages,
  CASE WHEN s.above * s.above >= CAST(q.raise_z AS DECIMAL(19, 6)) * q.raise_z * s.spread THEN 'yellow' ELSE 'blue' END AS grade
FROM scored AS s
JOIN param AS q
  ON q.area_code = s.area_code
WHERE s.month_count >= q.min_count
  AND s.above >= 0
  AND s.above * s.above >= CAST(q.z AS DECIMAL(19, 6)) * q.z * s.spread
