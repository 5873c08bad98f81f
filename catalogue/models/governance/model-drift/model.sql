-- a model is judged with the parameters of the province where it spoke last
WITH spoke AS (
  SELECT
    a.model_id,
    SUBSTR(a.area_code, 1, 2) || '0000000000' AS province_code,
    ROW_NUMBER() OVER (
      PARTITION BY a.model_id
      ORDER BY
        CASE WHEN CAST(a.raised_time AS DATE) <= r.as_of THEN 0 ELSE 1 END,
        a.raised_time DESC,
        a.area_code,
        a.alert_id
    ) AS latest
  FROM alert AS a
  CROSS JOIN run AS r
  WHERE a.model_id <> ''
), judged AS (
  SELECT
    s.model_id,
    q.area_code,
    q.window_days,
    q.false_rate,
    q.raise_rate,
    q.min_reviewed,
    q.volume_factor,
    r.as_of
  FROM spoke AS s
  LEFT JOIN param AS own
    ON own.area_code = s.province_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE s.latest = 1
), aged AS (
  SELECT
    j.model_id,
    a.result,
    CASE WHEN CAST(a.reviewed_time AS DATE) <= j.as_of THEN DATE_DIFF('day', CAST(a.reviewed_time AS DATE), j.as_of) END AS reviewed_days,
    CASE WHEN CAST(a.raised_time AS DATE) <= j.as_of THEN DATE_DIFF('day', CAST(a.raised_time AS DATE), j.as_of) END AS raised_days,
    j.window_days
  FROM judged AS j
  JOIN alert AS a
    ON a.model_id = j.model_id
), counted AS (
  SELECT
    a.model_id,
    COUNT(CASE WHEN a.reviewed_days < a.window_days THEN 1 END) AS reviewed,
    COUNT(CASE WHEN a.reviewed_days < a.window_days AND a.result IN ('false', 'data_error') THEN 1 END) AS untrue,
    COUNT(CASE WHEN a.raised_days < a.window_days THEN 1 END) AS volume,
    COUNT(CASE WHEN a.raised_days >= a.window_days AND a.raised_days < 5 * a.window_days THEN 1 END) AS earlier
  FROM aged AS a
  GROUP BY a.model_id
), tested AS (
  SELECT
    c.model_id,
    j.area_code,
    j.raise_rate,
    c.reviewed,
    c.untrue,
    c.volume,
    c.earlier,
    CASE WHEN c.reviewed >= j.min_reviewed THEN TRUE ELSE FALSE END AS enough,
    CASE WHEN c.reviewed >= j.min_reviewed AND c.untrue >= j.false_rate * c.reviewed THEN TRUE ELSE FALSE END AS mostly_untrue,
    CASE WHEN c.earlier >= 20 AND 4 * c.volume >= j.volume_factor * c.earlier THEN TRUE ELSE FALSE END AS surge,
    CASE WHEN c.earlier >= 80 AND c.volume = 0 THEN TRUE ELSE FALSE END AS silence
  FROM counted AS c
  JOIN judged AS j
    ON j.model_id = c.model_id
)
SELECT
  t.model_id,
  t.area_code,
  t.reviewed,
  CASE WHEN t.enough THEN CAST(t.untrue / t.reviewed AS DECIMAL(18, 6)) END AS false_share,
  t.volume,
  CAST(t.earlier / 4 AS DECIMAL(18, 6)) AS baseline_volume,
  CONCAT_WS(
    ',',
    CASE WHEN t.mostly_untrue THEN 'false_share' END,
    CASE WHEN t.silence THEN 'silence' END,
    CASE WHEN t.surge THEN 'volume' END
  ) AS reason,
  CASE WHEN t.enough AND t.untrue >= t.raise_rate * t.reviewed THEN 'yellow' ELSE 'blue' END AS grade
FROM tested AS t
WHERE t.mostly_untrue
   OR t.surge
   OR t.silence
