-- the peers of a handler are all other handlers of the same models, whatever their body
WITH reviewed AS (
  SELECT
    a.alert_id,
    a.assigned_org_id,
    a.handler_id,
    a.model_id,
    q.area_code,
    CASE WHEN a.result = 'false' THEN 1 ELSE 0 END AS denied,
    CASE WHEN a.result = 'false' AND a.reopened_count > 0 THEN 1 ELSE 0 END AS denied_reopened,
    CASE WHEN a.handler_id = a.reviewer_id THEN 1 ELSE 0 END AS own_review,
    CASE WHEN a.replied_time <= a.signed_time + q.fast_minutes * INTERVAL '1' MINUTE THEN 1 ELSE 0 END AS fast
  FROM alert AS a
  LEFT JOIN param AS own
    ON own.area_code = a.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.grade = 'red'
    AND a.handler_id <> ''
    AND CAST(a.reviewed_time AS DATE) > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
    AND CAST(a.reviewed_time AS DATE) <= r.as_of
), documented AS (
  SELECT DISTINCT
    d.alert_id
  FROM disposal_action AS d
  CROSS JOIN run AS r
  WHERE d.doc_ref <> ''
    AND (d.action_date IS NULL OR d.action_date <= r.as_of)
), handled AS (
  SELECT
    v.assigned_org_id,
    v.handler_id,
    COUNT(*) AS alerts,
    SUM(v.denied) AS denied,
    SUM(v.denied_reopened) AS denied_reopened,
    SUM(v.own_review) AS self_reviewed,
    SUM(v.fast) AS fast_replies,
    SUM(CASE WHEN d.alert_id IS NULL THEN 1 ELSE 0 END) AS without_document,
    MIN(v.area_code) AS area_code
  FROM reviewed AS v
  LEFT JOIN documented AS d
    ON d.alert_id = v.alert_id
  WHERE v.assigned_org_id <> ''
  GROUP BY v.assigned_org_id, v.handler_id
), own_model AS (
  SELECT
    v.handler_id,
    v.model_id,
    COUNT(*) AS alerts,
    SUM(v.denied) AS denied
  FROM reviewed AS v
  WHERE v.model_id <> ''
  GROUP BY v.handler_id, v.model_id
), all_model AS (
  SELECT
    o.model_id,
    SUM(o.alerts) AS alerts,
    SUM(o.denied) AS denied
  FROM own_model AS o
  GROUP BY o.model_id
), peers AS (
  SELECT
    m.assigned_org_id,
    m.handler_id,
    SUM(t.alerts - o.alerts) AS alerts,
    SUM(t.denied - o.denied) AS denied
  FROM (
    SELECT DISTINCT
      v.assigned_org_id,
      v.handler_id,
      v.model_id
    FROM reviewed AS v
  ) AS m
  JOIN own_model AS o
    ON o.handler_id = m.handler_id
   AND o.model_id = m.model_id
  JOIN all_model AS t
    ON t.model_id = m.model_id
  GROUP BY m.assigned_org_id, m.handler_id
  HAVING SUM(t.alerts - o.alerts) > 0
), compared AS (
  SELECT
    h.assigned_org_id,
    h.handler_id,
    h.area_code,
    CAST(h.alerts AS BIGINT) AS alerts,
    CAST(h.denied AS BIGINT) AS denied,
    CAST(h.denied_reopened AS BIGINT) AS denied_reopened,
    CAST(h.self_reviewed AS BIGINT) AS self_reviewed,
    CAST(h.fast_replies AS BIGINT) AS fast_replies,
    CAST(h.without_document AS BIGINT) AS without_document,
    CAST(p.alerts AS BIGINT) AS peer_alerts,
    CAST(p.denied AS BIGINT) AS peer_denied
  FROM handled AS h
  LEFT JOIN peers AS p
    ON p.assigned_org_id = h.assigned_org_id
   AND p.handler_id = h.handler_id
)
SELECT
  c.assigned_org_id,
  c.handler_id,
  c.area_code,
  c.alerts,
  CAST(c.denied / c.alerts AS DECIMAL(18, 6)) AS false_share,
  CAST(c.peer_denied / c.peer_alerts AS DECIMAL(18, 6)) AS peer_share,
  c.fast_replies,
  c.without_document,
  c.self_reviewed,
  CASE WHEN c.denied_reopened > 0 THEN 'red' ELSE 'yellow' END AS grade
FROM compared AS c
JOIN param AS q
  ON q.area_code = c.area_code
WHERE c.self_reviewed >= 1
   OR (
     c.alerts >= q.min_alerts
     AND c.denied >= q.false_rate * c.alerts
     AND (
       c.peer_alerts IS NULL
       OR q.peer_gap * (c.alerts * c.peer_alerts) <= c.denied * c.peer_alerts - c.peer_denied * c.alerts
     )
   )
   OR (c.alerts >= q.min_alerts AND 2 * c.fast_replies >= c.alerts)
