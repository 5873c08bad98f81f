WITH begun AS (
  SELECT
    l.interface_id,
    l.run_id,
    l.dept_org_id,
    l.dataset,
    l.run_time,
    l.row_count,
    l.error_rows,
    l.max_biz_date,
    l.status,
    ROW_NUMBER() OVER (PARTITION BY l.interface_id ORDER BY l.run_time DESC, l.run_id DESC) AS latest
  FROM interface_log AS l
  CROSS JOIN run AS r
  WHERE l.interface_id <> ''
    AND CAST(l.run_time AS DATE) <= r.as_of
), feed AS (
  SELECT
    b.interface_id,
    b.dataset,
    b.dept_org_id,
    b.run_time,
    b.row_count,
    b.error_rows,
    b.status,
    q.area_code,
    q.sla_days,
    q.error_share,
    q.row_share,
    q.history_runs,
    q.core_datasets,
    q.red_days,
    r.as_of
  FROM begun AS b
  LEFT JOIN org AS o
    ON o.org_id = b.dept_org_id
  LEFT JOIN param AS own
    ON own.area_code = o.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.latest = 1
), age AS (
  SELECT
    b.interface_id,
    COALESCE(MAX(CASE WHEN b.status = 'ok' THEN b.max_biz_date END), MIN(CAST(b.run_time AS DATE))) AS newest
  FROM begun AS b
  GROUP BY b.interface_id
), earlier AS (
  SELECT
    b.interface_id,
    b.run_id,
    b.row_count,
    ROW_NUMBER() OVER (PARTITION BY b.interface_id ORDER BY b.run_time DESC, b.run_id DESC) AS back
  FROM begun AS b
  WHERE b.latest > 1
    AND b.status = 'ok'
    AND b.row_count IS NOT NULL
), figures AS (
  SELECT
    e.interface_id,
    e.row_count,
    ROW_NUMBER() OVER (PARTITION BY e.interface_id ORDER BY e.row_count, e.run_id) AS place,
    COUNT(*) OVER (PARTITION BY e.interface_id) AS runs
  FROM earlier AS e
  JOIN feed AS f
    ON f.interface_id = e.interface_id
  WHERE e.back <= f.history_runs
), usual AS (
  SELECT
    g.interface_id,
    CAST(SUM(
      CASE
        WHEN 2 * g.place = g.runs + 1 THEN 2 * g.row_count
        WHEN 2 * g.place IN (g.runs, g.runs + 2) THEN g.row_count
      END
    ) AS BIGINT) AS twice_median
  FROM figures AS g
  WHERE g.runs >= 3
  GROUP BY g.interface_id
), tested AS (
  SELECT
    f.interface_id,
    f.dataset,
    f.dept_org_id,
    f.area_code,
    DATE_DIFF('day', a.newest, f.as_of) AS lag_days,
    f.run_time,
    f.row_count,
    f.core_datasets,
    f.red_days,
    CASE WHEN DATE_DIFF('day', a.newest, f.as_of) > f.sla_days THEN 'a' END AS stale,
    CASE
      WHEN f.row_count + f.error_rows > 0 AND f.error_rows >= f.error_share * (f.row_count + f.error_rows) THEN 'b'
    END AS faulty,
    CASE WHEN 2 * f.row_count < f.row_share * u.twice_median THEN 'c' END AS thin,
    CASE WHEN f.status = 'ok' THEN NULL ELSE 'd' END AS failed
  FROM feed AS f
  JOIN age AS a
    ON a.interface_id = f.interface_id
  LEFT JOIN usual AS u
    ON u.interface_id = f.interface_id
)
SELECT
  t.interface_id,
  t.dataset,
  t.dept_org_id,
  t.area_code,
  t.lag_days,
  t.run_time AS last_run_time,
  t.row_count,
  CONCAT_WS(',', t.stale, t.faulty, t.thin, t.failed) AS reasons,
  CASE
    WHEN STRPOS('|' || t.core_datasets || '|', '|' || NULLIF(t.dataset, '') || '|') > 0 AND t.lag_days > t.red_days THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM tested AS t
WHERE t.stale IS NOT NULL
   OR t.faulty IS NOT NULL
   OR t.thin IS NOT NULL
   OR t.failed IS NOT NULL
