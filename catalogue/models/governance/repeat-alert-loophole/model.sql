-- the county is the area of the alert: its row of param holds for the window and for the number
WITH verified AS (
  SELECT
    a.alert_id,
    a.model_id,
    SUBSTR(a.area_code, 1, 6) || '000000' AS county_code,
    NULLIF(a.org_id, '') AS org_id,
    NULLIF(a.subject_id, '') AS subject_id,
    COALESCE(NULLIF(a.matter_id, ''), a.alert_id) AS matter_id,
    a.raised_time,
    q.min_alerts
  FROM alert AS a
  LEFT JOIN param AS own
    ON own.area_code = SUBSTR(a.area_code, 1, 6) || '000000'
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.result = 'true'
    AND a.model_id <> ''
    AND NOT STARTS_WITH(a.model_id, 'governance/')
    AND SUBSTR(a.area_code, 5, 2) <> '00'
    AND CAST(a.raised_time AS DATE) > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
    AND CAST(a.raised_time AS DATE) <= r.as_of
), matters AS (
  SELECT
    m.model_id,
    m.county_code,
    COUNT(*) AS matters
  FROM (
    SELECT DISTINCT
      v.model_id,
      v.county_code,
      v.subject_id,
      v.matter_id
    FROM verified AS v
  ) AS m
  GROUP BY m.model_id, m.county_code
), repeated AS (
  SELECT
    v.model_id,
    v.county_code,
    v.min_alerts,
    COUNT(*) AS alerts,
    COUNT(DISTINCT v.org_id) AS orgs,
    COUNT(DISTINCT v.subject_id) AS subjects,
    MIN(v.raised_time) AS first_raised_time,
    MAX(v.raised_time) AS last_raised_time
  FROM verified AS v
  GROUP BY v.model_id, v.county_code, v.min_alerts
), item AS (
  SELECT
    g.model_id,
    g.area_code,
    COUNT(CASE WHEN g.status = 'open' AND g.issued_date <= r.as_of THEN 1 END) AS open_items,
    MIN(CASE WHEN g.status = 'done' THEN g.done_date END) AS first_done_date,
    MAX(CASE WHEN g.status = 'done' AND g.done_date <= r.as_of THEN g.done_date END) AS last_item_done_date
  FROM governance_item AS g
  CROSS JOIN run AS r
  GROUP BY g.model_id, g.area_code
)
SELECT
  p.model_id,
  p.county_code AS area_code,
  p.alerts,
  p.orgs,
  p.subjects,
  p.first_raised_time,
  p.last_raised_time,
  i.last_item_done_date,
  CASE WHEN i.first_done_date < CAST(p.first_raised_time AS DATE) THEN 'red' ELSE 'yellow' END AS grade
FROM repeated AS p
JOIN matters AS m
  ON m.model_id = p.model_id
 AND m.county_code = p.county_code
LEFT JOIN item AS i
  ON i.model_id = p.model_id
 AND i.area_code = p.county_code
WHERE m.matters >= p.min_alerts
  AND COALESCE(i.open_items, 0) = 0
