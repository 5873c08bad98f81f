-- a matter without a number is known by its alert
WITH verified AS (
  SELECT
    a.alert_id,
    a.model_id,
    a.subject_id,
    a.org_id,
    COALESCE(NULLIF(a.matter_id, ''), a.alert_id) AS matter_id,
    a.raised_time,
    CAST(a.raised_time AS DATE) AS raised_date,
    q.area_code,
    q.days
  FROM alert AS a
  LEFT JOIN param AS own
    ON own.area_code = a.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.result = 'true'
    AND a.model_id <> ''
    AND a.subject_id <> ''
), rectified AS (
  SELECT DISTINCT
    a.model_id,
    a.subject_id,
    COALESCE(NULLIF(a.matter_id, ''), a.alert_id) AS matter_id,
    CAST(a.reviewed_time AS DATE) AS closed_date
  FROM alert AS a
  JOIN disposal_action AS d
    ON d.alert_id = a.alert_id
  WHERE a.result = 'true'
    AND d.action_type = 'rectify'
), recurred AS (
  SELECT
    v.model_id,
    v.subject_id,
    v.alert_id,
    v.org_id,
    v.matter_id,
    v.raised_time,
    v.area_code,
    c.closed_date
  FROM verified AS v
  JOIN rectified AS c
    ON c.model_id = v.model_id
   AND c.subject_id = v.subject_id
   AND c.matter_id <> v.matter_id
  WHERE v.raised_date > c.closed_date
    AND v.raised_date <= CAST(c.closed_date + v.days * INTERVAL '1' DAY AS DATE)
  UNION ALL
  SELECT
    v.model_id,
    v.subject_id,
    v.alert_id,
    v.org_id,
    v.matter_id,
    v.raised_time,
    v.area_code,
    g.done_date AS closed_date
  FROM verified AS v
  JOIN governance_item AS g
    ON g.model_id = v.model_id
   AND g.org_id = v.org_id
  WHERE g.status = 'done'
    AND g.org_id <> ''
    AND v.raised_date > g.done_date
    AND v.raised_date <= CAST(g.done_date + v.days * INTERVAL '1' DAY AS DATE)
), again AS (
  SELECT
    k.model_id,
    k.subject_id,
    k.alert_id,
    k.org_id,
    k.matter_id,
    k.raised_time,
    k.area_code,
    MIN(k.closed_date) AS closed_date,
    ROW_NUMBER() OVER (
      PARTITION BY k.model_id, k.subject_id
      ORDER BY k.raised_time DESC, k.area_code, k.alert_id
    ) AS latest
  FROM recurred AS k
  GROUP BY k.model_id, k.subject_id, k.alert_id, k.org_id, k.matter_id, k.raised_time, k.area_code
)
SELECT
  g.model_id,
  g.subject_id,
  MAX(CASE WHEN g.latest = 1 THEN g.area_code END) AS area_code,
  MAX(CASE WHEN g.latest = 1 THEN g.org_id END) AS org_id,
  MIN(g.closed_date) AS first_closed_date,
  COUNT(*) AS recurrences,
  MAX(g.raised_time) AS last_raised_time,
  STRING_AGG(DISTINCT g.matter_id, ',' ORDER BY g.matter_id) AS matter_ids,
  'red' AS grade
FROM again AS g
GROUP BY g.model_id, g.subject_id
