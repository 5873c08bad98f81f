-- bidders are those with a row in bid_device, which the download test asks for and the upload test implies
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH act AS (
  SELECT
    d.section_id,
    d.bidder_id,
    d.ip,
    d.upload_time AS acted_at,
    'upload' AS channel
  FROM bid_device AS d
  WHERE d.ip <> ''
  UNION ALL
  SELECT
    w.section_id,
    w.company_id AS bidder_id,
    w.ip,
    w.time AS acted_at,
    'download' AS channel
  FROM doc_download AS w
  WHERE w.ip <> ''
), bidder AS (
  SELECT DISTINCT
    d.section_id,
    d.bidder_id
  FROM bid_device AS d
), meeting AS (
  -- what two bidders share first: few do, and only their sections need to be placed
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.ip,
    x.channel,
    x.acted_at AS acted_at_a,
    y.acted_at AS acted_at_b
  FROM act AS x
  JOIN act AS y
    ON y.section_id = x.section_id
   AND y.channel = x.channel
   AND y.ip = x.ip
   AND y.bidder_id > x.bidder_id
), pair AS (
  SELECT DISTINCT
    m.section_id,
    m.company_id_a,
    m.company_id_b,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM meeting AS m
  JOIN bidder AS a
    ON a.section_id = m.section_id
   AND a.bidder_id = m.company_id_a
  JOIN bidder AS b
    ON b.section_id = m.section_id
   AND b.bidder_id = m.company_id_b
  LEFT JOIN tender_section AS s
    ON s.section_id = m.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), near AS (
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    m.ip,
    m.channel,
    -- cut to whole seconds first: the engines count parts of a second differently
    ABS(DATE_DIFF('second', DATE_TRUNC('second', m.acted_at_a), DATE_TRUNC('second', m.acted_at_b))) AS seconds_apart
  FROM pair AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  JOIN meeting AS m
    ON m.section_id = p.section_id
   AND m.company_id_a = p.company_id_a
   AND m.company_id_b = p.company_id_b
  WHERE STRPOS('|' || q.exclude_ips || '|', '|' || m.ip || '|') = 0
    AND m.acted_at_b <= m.acted_at_a + q.window_minutes * INTERVAL '1' MINUTE
    AND m.acted_at_a <= m.acted_at_b + q.window_minutes * INTERVAL '1' MINUTE
), nearest AS (
  SELECT
    n.section_id,
    n.company_id_a,
    n.company_id_b,
    n.area_code,
    n.ip,
    n.channel,
    n.seconds_apart,
    ROW_NUMBER() OVER (
      PARTITION BY n.section_id, n.company_id_a, n.company_id_b
      ORDER BY n.seconds_apart, n.channel DESC, n.ip
    ) AS place
  FROM near AS n
), feature AS (
  SELECT d.section_id, d.bidder_id, 'mac' AS name, UPPER(d.mac) AS value
  FROM bid_device AS d
  WHERE d.mac <> ''
  UNION ALL
  SELECT d.section_id, d.bidder_id, 'cpu_id' AS name, UPPER(d.cpu_id) AS value
  FROM bid_device AS d
  WHERE d.cpu_id <> ''
  UNION ALL
  SELECT d.section_id, d.bidder_id, 'disk_id' AS name, UPPER(d.disk_id) AS value
  FROM bid_device AS d
  WHERE d.disk_id <> ''
), same_machine AS (
  SELECT DISTINCT
    p.section_id,
    p.company_id_a,
    p.company_id_b
  FROM nearest AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  JOIN feature AS x
    ON x.section_id = p.section_id
   AND x.bidder_id = p.company_id_a
  JOIN feature AS y
    ON y.section_id = p.section_id
   AND y.bidder_id = p.company_id_b
   AND y.name = x.name
   AND y.value = x.value
  WHERE STRPOS('|' || q.ignore_values || '|', '|' || x.value || '|') = 0
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
