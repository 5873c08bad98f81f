WITH looked AS (
  SELECT
    a.log_id,
    a.user_person_id,
    a.org_id,
    a.object_type,
    a.object_id,
    a.action,
    a.time,
    CASE WHEN a.task_id <> '' THEN TRUE ELSE FALSE END AS on_task,
    CASE WHEN STRPOS('|' || q.l4_groups || '|', '|' || NULLIF(a.field_group, '') || '|') > 0 THEN TRUE ELSE FALSE END AS sensitive,
    q.area_code,
    q.max_degree,
    q.min_conf
  FROM access_audit AS a
  LEFT JOIN org AS o
    ON o.org_id = a.org_id
  LEFT JOIN param AS own
    ON own.area_code = o.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.action IN ('read', 'export')
    AND a.user_person_id <> ''
    AND CAST(a.time AS DATE) > CAST(r.as_of - q.window_days * INTERVAL '1' DAY AS DATE)
    AND CAST(a.time AS DATE) <= r.as_of
), own_alert AS (
  SELECT DISTINCT
    k.log_id
  FROM looked AS k
  JOIN alert AS t
    ON t.alert_id = k.object_id
  WHERE k.object_type = 'alert'
    AND ((k.org_id <> '' AND t.assigned_org_id = k.org_id) OR t.handler_id = k.user_person_id)
), of_kin AS (
  SELECT DISTINCT
    k.log_id
  FROM looked AS k
  JOIN relative_of AS e
    ON e.person_id = k.user_person_id
   AND e.relative_id = k.object_id
  WHERE k.object_type = 'person'
    AND e.degree <= k.max_degree
    AND e.confidence >= k.min_conf
    AND (e.from_date IS NULL OR e.from_date <= CAST(k.time AS DATE))
    AND (e.to_date IS NULL OR e.to_date >= CAST(k.time AS DATE))
), judged AS (
  SELECT
    k.user_person_id,
    k.org_id,
    k.area_code,
    k.time,
    CASE WHEN k.action = 'export' THEN 1 ELSE 0 END AS exported,
    CASE WHEN k.sensitive THEN 1 ELSE 0 END AS sensitive,
    CASE WHEN k.sensitive AND NOT k.on_task AND o.log_id IS NULL THEN 1 ELSE 0 END AS without_task,
    CASE
      WHEN k.object_type = 'person'
       AND (k.sensitive OR NOT k.on_task)
       AND (k.object_id = k.user_person_id OR e.log_id IS NOT NULL)
      THEN 1
      ELSE 0
    END AS of_relative,
    ROW_NUMBER() OVER (PARTITION BY k.user_person_id ORDER BY k.time DESC, k.area_code, k.log_id) AS latest
  FROM looked AS k
  LEFT JOIN own_alert AS o
    ON o.log_id = k.log_id
  LEFT JOIN of_kin AS e
    ON e.log_id = k.log_id
), counted AS (
  SELECT
    j.user_person_id,
    MAX(CASE WHEN j.latest = 1 THEN j.org_id END) AS org_id,
    MAX(CASE WHEN j.latest = 1 THEN j.area_code END) AS area_code,
    CAST(SUM(j.sensitive) AS BIGINT) AS reads,
    CAST(SUM(j.without_task) AS BIGINT) AS without_task,
    CAST(SUM(j.of_relative) AS BIGINT) AS relative_reads,
    CAST(SUM(j.exported) AS BIGINT) AS exports,
    MIN(j.time) AS first_time,
    MAX(j.time) AS last_time
  FROM judged AS j
  GROUP BY j.user_person_id
)
SELECT
  c.user_person_id,
  c.org_id,
  c.area_code,
  c.reads,
  c.without_task,
  c.relative_reads,
  c.exports,
  c.first_time,
  c.last_time,
  'red' AS grade
FROM counted AS c
JOIN param AS q
  ON q.area_code = c.area_code
WHERE c.without_task > 0
   OR c.relative_reads > 0
   OR c.reads > q.max_reads
