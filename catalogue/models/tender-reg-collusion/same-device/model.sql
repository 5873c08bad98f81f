-- a feature belongs to the bidder, not to one bid row: the device of a withdrawn first bid still speaks
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH present AS (
  SELECT DISTINCT
    b.section_id,
    b.bidder_id
  FROM bid AS b
  WHERE NOT COALESCE(b.withdrawn, FALSE)
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
  UNION ALL
  SELECT d.section_id, d.bidder_id, 'lock_no' AS name, UPPER(d.lock_no) AS value
  FROM bid_device AS d
  WHERE d.lock_no <> ''
  UNION ALL
  SELECT d.section_id, d.bidder_id, 'ca_no' AS name, UPPER(d.ca_no) AS value
  FROM bid_device AS d
  WHERE d.ca_no <> ''
), shared AS (
  SELECT DISTINCT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.name,
    x.value
  FROM feature AS x
  JOIN feature AS y
    ON y.section_id = x.section_id
   AND y.name = x.name
   AND y.value = x.value
   AND y.bidder_id > x.bidder_id
  JOIN present AS a
    ON a.section_id = x.section_id
   AND a.bidder_id = x.bidder_id
  JOIN present AS b
    ON b.section_id = y.section_id
   AND b.bidder_id = y.bidder_id
), placed AS (
  SELECT
    h.section_id,
    h.company_id_a,
    h.company_id_b,
    h.name,
    h.value,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM shared AS h
  LEFT JOIN tender_section AS s
    ON s.section_id = h.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), matched AS (
  SELECT DISTINCT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.name,
    p.area_code
  FROM placed AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE STRPOS('|' || q.ignore_values || '|', '|' || p.value || '|') = 0
)
SELECT
  m.section_id,
  m.company_id_a,
  m.company_id_b,
  STRING_AGG(m.name, ',' ORDER BY m.name) AS features,
  COUNT(*) AS feature_count,
  m.area_code,
  'red' AS grade
FROM matched AS m
JOIN param AS q
  ON q.area_code = m.area_code
GROUP BY m.section_id, m.company_id_a, m.company_id_b, m.area_code, q.min_features
HAVING COUNT(*) >= q.min_features
