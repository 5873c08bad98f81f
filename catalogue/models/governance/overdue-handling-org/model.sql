-- an answer dated after the day of the look has not been given yet
WITH due AS (
  SELECT
    a.assigned_org_id,
    a.grade,
    a.due_time,
    CAST(a.due_time AS DATE) AS due_date,
    CASE WHEN CAST(a.replied_time AS DATE) <= r.as_of THEN CAST(a.replied_time AS DATE) ELSE r.as_of END AS answered_date,
    q.area_code
  FROM alert AS a
  LEFT JOIN param AS own
    ON own.area_code = a.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.assigned_org_id <> ''
    AND (a.raised_time IS NULL OR CAST(a.raised_time AS DATE) <= r.as_of)
    AND CAST(a.due_time AS DATE) > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
    AND CAST(a.due_time AS DATE) <= r.as_of
), backlog AS (
  SELECT
    d.assigned_org_id,
    MIN(d.area_code) AS area_code,
    COUNT(*) AS alerts,
    COUNT(CASE WHEN d.answered_date > d.due_date THEN 1 END) AS overdue,
    COUNT(CASE WHEN d.answered_date > d.due_date AND d.grade = 'red' THEN 1 END) AS red_overdue,
    MIN(CASE WHEN d.answered_date > d.due_date THEN d.due_time END) AS oldest_due_time
  FROM due AS d
  GROUP BY d.assigned_org_id
)
SELECT
  b.assigned_org_id,
  b.area_code,
  b.alerts,
  b.overdue,
  CAST(b.overdue / b.alerts AS DECIMAL(18, 6)) AS overdue_share,
  b.red_overdue,
  b.oldest_due_time,
  CASE WHEN b.overdue >= q.raise_share * b.alerts THEN 'yellow' ELSE 'blue' END AS grade
FROM backlog AS b
JOIN param AS q
  ON q.area_code = b.area_code
WHERE b.alerts >= q.min_alerts
  AND b.overdue >= q.share * b.alerts
