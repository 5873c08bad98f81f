-- bidders are those with a row in bid_device, which the download test asks for and the upload test implies
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH twice AS (
  -- an address that is met twice in a section is rare: these come first, so that few rows are joined and placed
  SELECT d.section_id, 'upload' AS channel, d.ip
  FROM bid_device AS d
  WHERE d.ip <> ''
  GROUP BY d.section_id, d.ip
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT w.section_id, 'download' AS channel, w.ip
  FROM doc_download AS w
  WHERE w.ip <> ''
  GROUP BY w.section_id, w.ip
  HAVING COUNT(*) > 1
), placed AS (
  SELECT
    w.section_id,
    w.channel,
    w.ip,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM twice AS w
  LEFT JOIN tender_section AS s
    ON s.section_id = w.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), telling AS (
  SELECT
    p.section_id,
    p.channel,
    p.ip,
    p.area_code,
    q.window_minutes,
    q.ignore_values
  FROM placed AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE STRPOS('|' || q.exclude_ips || '|', '|' || p.ip || '|') = 0
), device AS (
  -- all there is of the sections that are looked at: their devices are asked for several times
  SELECT
    d.section_id,
    d.bidder_id,
    d.ip,
    d.mac,
    d.cpu_id,
    d.disk_id,
    d.upload_time
  FROM bid_device AS d
  WHERE EXISTS (SELECT 1 FROM telling AS p WHERE p.section_id = d.section_id)
), act AS (
  SELECT
    p.section_id,
    p.channel,
    p.ip,
    p.area_code,
    p.window_minutes,
    p.ignore_values,
    d.bidder_id,
    d.upload_time AS acted_at
  FROM telling AS p
  JOIN device AS d
    ON d.section_id = p.section_id
   AND d.ip = p.ip
  WHERE p.channel = 'upload'
  UNION ALL
  SELECT
    p.section_id,
    p.channel,
    p.ip,
    p.area_code,
    p.window_minutes,
    p.ignore_values,
    w.company_id AS bidder_id,
    w.time AS acted_at
  FROM telling AS p
  JOIN doc_download AS w
    ON w.section_id = p.section_id
   AND w.ip = p.ip
  WHERE p.channel = 'download'
), near AS (
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.area_code,
    x.ip,
    x.channel,
    x.ignore_values,
    -- cut to whole seconds first: the engines count parts of a second differently
    ABS(DATE_DIFF('second', DATE_TRUNC('second', x.acted_at), DATE_TRUNC('second', y.acted_at))) AS seconds_apart
  FROM act AS x
  JOIN act AS y
    ON y.section_id = x.section_id
   AND y.channel = x.channel
   AND y.ip = x.ip
   AND y.bidder_id > x.bidder_id
  WHERE y.acted_at <= x.acted_at + x.window_minutes * INTERVAL '1' MINUTE
    AND x.acted_at <= y.acted_at + x.window_minutes * INTERVAL '1' MINUTE
    AND EXISTS (SELECT 1 FROM device AS d WHERE d.section_id = x.section_id AND d.bidder_id = x.bidder_id)
    AND EXISTS (SELECT 1 FROM device AS d WHERE d.section_id = y.section_id AND d.bidder_id = y.bidder_id)
), nearest AS (
  SELECT
    n.section_id,
    n.company_id_a,
    n.company_id_b,
    n.area_code,
    n.ip,
    n.channel,
    n.ignore_values,
    n.seconds_apart,
    ROW_NUMBER() OVER (
      PARTITION BY n.section_id, n.company_id_a, n.company_id_b
      ORDER BY n.seconds_apart, n.channel DESC, n.ip
    ) AS place
  FROM near AS n
), machine AS (
  -- the devices of bidders that met, side by side
  SELECT DISTINCT
    n.section_id,
    n.company_id_a,
    n.company_id_b,
    n.ignore_values,
    UPPER(x.mac) AS mac_a,
    UPPER(x.cpu_id) AS cpu_a,
    UPPER(x.disk_id) AS disk_a,
    UPPER(y.mac) AS mac_b,
    UPPER(y.cpu_id) AS cpu_b,
    UPPER(y.disk_id) AS disk_b
  FROM nearest AS n
  JOIN device AS x
    ON x.section_id = n.section_id
   AND x.bidder_id = n.company_id_a
  JOIN device AS y
    ON y.section_id = n.section_id
   AND y.bidder_id = n.company_id_b
  WHERE n.place = 1
), same_machine AS (
  SELECT DISTINCT
    m.section_id,
    m.company_id_a,
    m.company_id_b
  FROM machine AS m
  WHERE (m.mac_a <> '' AND m.mac_a = m.mac_b AND STRPOS('|' || m.ignore_values || '|', '|' || m.mac_a || '|') = 0)
     OR (m.cpu_a <> '' AND m.cpu_a = m.cpu_b AND STRPOS('|' || m.ignore_values || '|', '|' || m.cpu_a || '|') = 0)
     OR (m.disk_a <> '' AND m.disk_a = m.disk_b AND STRPOS('|' || m.ignore_values || '|', '|' || m.disk_a || '|') = 0)
)
SELECT
  n.section_id,
  n.company_id_a,
  n.company_id_b,
  n.ip,
  CAST(n.seconds_apart / 60 AS DECIMAL(18, 6)) AS minutes_apart,
  n.channel,
  n.area_code,
  CASE WHEN m.section_id IS NOT NULL THEN 'red' ELSE 'yellow' END AS grade
FROM nearest AS n
LEFT JOIN same_machine AS m
  ON m.section_id = n.section_id
 AND m.company_id_a = n.company_id_a
 AND m.company_id_b = n.company_id_b
WHERE n.place = 1
