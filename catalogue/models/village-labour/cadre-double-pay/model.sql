-- several posts at once do not pay a row twice
WITH placed AS (
  SELECT
    l.record_id,
    l.village_code,
    l.person_id,
    l.work_date,
    EXTRACT(YEAR FROM l.work_date) AS year,
    l.days,
    l.amount,
    q.area_code,
    q.salaried_positions,
    q.min_total
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.work_date IS NOT NULL
    AND COALESCE(STRPOS('|' || q.allowed_work_types || '|', '|' || NULLIF(l.work_type, '') || '|'), 0) = 0
), salaried AS (
  SELECT
    p.record_id,
    p.village_code,
    p.person_id,
    p.year,
    p.days,
    p.amount,
    p.area_code,
    p.min_total,
    o.position
  FROM placed AS p
  JOIN in_office AS o
    ON o.village_code = p.village_code
   AND o.person_id = p.person_id
  WHERE p.village_code <> ''
    AND p.person_id <> ''
    AND o.position <> ''
    AND STRPOS('|' || p.salaried_positions || '|', '|' || o.position || '|') > 0
    AND (o.from_date IS NULL OR o.from_date <= p.work_date)
    AND (o.to_date IS NULL OR o.to_date >= p.work_date)
), posts AS (
  SELECT
    s.village_code,
    s.person_id,
    s.year,
    STRING_AGG(DISTINCT s.position, ',' ORDER BY s.position) AS position
  FROM salaried AS s
  GROUP BY s.village_code, s.person_id, s.year
), paid AS (
  SELECT DISTINCT
    s.record_id,
    s.village_code,
    s.person_id,
    s.year,
    s.days,
    s.amount,
    s.area_code,
    s.min_total
  FROM salaried AS s
)
SELECT
  p.village_code,
  p.person_id,
  p.year,
  p.area_code,
  COALESCE(SUM(p.days), 0) AS days_total,
  SUM(p.amount) AS amount_total,
  MAX(o.position) AS position,
  'yellow' AS grade
FROM paid AS p
JOIN posts AS o
  ON o.village_code = p.village_code
 AND o.person_id = p.person_id
 AND o.year = p.year
GROUP BY p.village_code, p.person_id, p.year, p.area_code, p.min_total
HAVING SUM(p.amount) > p.min_total
