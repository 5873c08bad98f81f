WITH placed AS (
  SELECT
    l.record_id,
    l.village_code,
    l.person_id,
    l.recorder_id,
    l.work_date,
    EXTRACT(YEAR FROM l.work_date) AS year,
    l.amount,
    q.area_code,
    q.max_degree,
    q.min_conf
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.person_id <> ''
    AND l.recorder_id <> ''
    AND l.work_date IS NOT NULL
), own_hand AS (
  SELECT
    p.record_id,
    p.village_code,
    p.person_id,
    p.recorder_id,
    p.work_date,
    p.year,
    p.amount,
    p.area_code,
    'self' AS relation
  FROM placed AS p
  WHERE p.person_id = p.recorder_id
  UNION ALL
  SELECT
    p.record_id,
    p.village_code,
    p.person_id,
    p.recorder_id,
    p.work_date,
    p.year,
    p.amount,
    p.area_code,
    MIN(COALESCE(k.relation, 'relative')) AS relation
  FROM placed AS p
  JOIN relative_of AS k
    ON k.person_id = p.recorder_id
   AND k.relative_id = p.person_id
  WHERE (k.from_date IS NULL OR k.from_date <= p.work_date)
    AND (k.to_date IS NULL OR k.to_date >= p.work_date)
    AND k.degree <= p.max_degree
    AND k.confidence >= p.min_conf
  GROUP BY p.record_id, p.village_code, p.person_id, p.recorder_id, p.work_date, p.year, p.amount, p.area_code
), ranked AS (
  SELECT
    h.recorder_id,
    h.person_id,
    h.year,
    h.village_code,
    h.amount,
    h.area_code,
    h.relation,
    ROW_NUMBER() OVER (PARTITION BY h.recorder_id, h.person_id, h.year ORDER BY h.work_date DESC, h.record_id DESC) AS latest
  FROM own_hand AS h
), booked AS (
  SELECT
    k.recorder_id,
    k.person_id,
    k.year,
    MIN(k.area_code) AS area_code,
    MAX(CASE WHEN k.latest = 1 THEN k.village_code END) AS village_code,
    SUM(k.amount) AS amount_total,
    COUNT(*) AS records,
    MIN(k.relation) AS relation
  FROM ranked AS k
  GROUP BY k.recorder_id, k.person_id, k.year
)
SELECT
  b.recorder_id,
  b.person_id,
  b.year,
  b.area_code,
  b.village_code,
  b.amount_total,
  b.records,
  b.relation,
  'yellow' AS grade
FROM booked AS b
JOIN param AS q
  ON q.area_code = b.area_code
WHERE b.amount_total >= q.min_total
