-- the days of entry and release do not count; a custody without an end lasts
WITH placed AS (
  SELECT
    l.record_id,
    l.village_code,
    l.person_id,
    l.work_date,
    l.amount,
    l.recorder_id,
    q.area_code,
    q.grace_days
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.person_id <> ''
    AND l.village_code <> ''
), struck AS (
  SELECT
    p.record_id,
    p.village_code,
    p.person_id,
    p.work_date,
    p.amount,
    p.recorder_id,
    p.area_code,
    MAX(CASE WHEN d.person_id IS NULL THEN 0 ELSE 1 END) AS dead,
    MAX(CASE WHEN c.person_id IS NULL THEN 0 ELSE 1 END) AS held
  FROM placed AS p
  LEFT JOIN death_record AS d
    ON d.person_id = p.person_id
   AND p.work_date > CAST(d.death_date + p.grace_days * INTERVAL '1' DAY AS DATE)
  LEFT JOIN custody AS c
    ON c.person_id = p.person_id
   AND c.custody_from < p.work_date
   AND (c.custody_to IS NULL OR p.work_date < c.custody_to)
  WHERE d.person_id IS NOT NULL
     OR c.person_id IS NOT NULL
  GROUP BY p.record_id, p.village_code, p.person_id, p.work_date, p.amount, p.recorder_id, p.area_code
)
SELECT
  s.person_id,
  s.village_code,
  s.area_code,
  COUNT(*) AS records,
  COALESCE(SUM(s.amount), 0) AS amount_total,
  CASE
    WHEN MAX(s.dead) = 1 AND MAX(s.held) = 1 THEN 'both'
    WHEN MAX(s.dead) = 1 THEN 'dead'
    ELSE 'custody'
  END AS reason,
  MIN(s.work_date) AS first_work_date,
  MAX(s.work_date) AS last_work_date,
  STRING_AGG(DISTINCT NULLIF(s.recorder_id, ''), ',' ORDER BY NULLIF(s.recorder_id, '')) AS recorder_ids,
  'red' AS grade
FROM struck AS s
GROUP BY s.person_id, s.village_code, s.area_code
