WITH viewed AS (
  SELECT
    a.appeal_id,
    a.village_code,
    a.person_id,
    a.target_person_id,
    l.log_id,
    l.user_person_id,
    l.time,
    q.area_code,
    q.retaliation_days
  FROM appeal AS a
  JOIN access_audit AS l
    ON l.object_id = a.appeal_id
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.object_type = 'appeal'
    AND l.field_group = 'reporter'
    AND l.action IN ('read', 'export')
    AND l.user_person_id <> ''
    AND (a.person_id IS NULL OR l.user_person_id <> a.person_id)
    AND (l.time IS NULL OR l.time >= a.filed_time)
    AND (
      l.task_id IS NULL
      OR (a.assigned_org_id IS NOT NULL AND l.org_id IS DISTINCT FROM a.assigned_org_id)
    )
), avenged AS (
  SELECT DISTINCT v.appeal_id, v.user_person_id
  FROM viewed AS v
  JOIN appeal AS x
    ON x.person_id = v.person_id
   AND x.target_person_id = v.target_person_id
  WHERE x.category = 'retaliation'
    AND x.filed_time > v.time
    AND x.filed_time <= CAST(v.time + v.retaliation_days * INTERVAL '1' DAY AS TIMESTAMP)
), grouped AS (
  SELECT
    v.appeal_id,
    v.user_person_id,
    v.village_code,
    v.area_code,
    COUNT(DISTINCT v.log_id) AS accesses,
    MIN(v.time) AS first_time,
    MAX(v.time) AS last_time
  FROM viewed AS v
  GROUP BY v.appeal_id, v.user_person_id, v.village_code, v.area_code
)
SELECT
  g.appeal_id,
  g.user_person_id,
  g.village_code,
  g.area_code,
  g.accesses,
  g.first_time,
  g.last_time,
  CASE WHEN x.appeal_id IS NULL THEN FALSE ELSE TRUE END AS retaliation,
  'red' AS grade
FROM grouped AS g
LEFT JOIN avenged AS x
  ON x.appeal_id = g.appeal_id
 AND x.user_person_id = g.user_person_id
