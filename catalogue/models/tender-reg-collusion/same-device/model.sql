-- a feature belongs to the bidder, not to one bid row: the device of a withdrawn first bid still speaks
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH device AS (
  SELECT
    d.section_id,
    d.bidder_id,
    UPPER(d.mac) AS mac,
    UPPER(d.cpu_id) AS cpu_id,
    UPPER(d.disk_id) AS disk_id,
    UPPER(d.lock_no) AS lock_no,
    UPPER(d.ca_no) AS ca_no
  FROM bid_device AS d
), near AS (
  -- bids of one section are few; that two share anything is rare
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    CASE WHEN x.mac <> '' AND y.mac = x.mac THEN x.mac END AS mac,
    CASE WHEN x.cpu_id <> '' AND y.cpu_id = x.cpu_id THEN x.cpu_id END AS cpu_id,
    CASE WHEN x.disk_id <> '' AND y.disk_id = x.disk_id THEN x.disk_id END AS disk_id,
    CASE WHEN x.lock_no <> '' AND y.lock_no = x.lock_no THEN x.lock_no END AS lock_no,
    CASE WHEN x.ca_no <> '' AND y.ca_no = x.ca_no THEN x.ca_no END AS ca_no
  FROM device AS x
  JOIN device AS y
    ON y.section_id = x.section_id
   AND y.bidder_id > x.bidder_id
  WHERE y.mac = x.mac
     OR y.cpu_id = x.cpu_id
     OR y.disk_id = x.disk_id
     OR y.lock_no = x.lock_no
     OR y.ca_no = x.ca_no
), feature AS (
  SELECT n.section_id, n.company_id_a, n.company_id_b, 'mac' AS name, n.mac AS value FROM near AS n
  UNION ALL
  SELECT n.section_id, n.company_id_a, n.company_id_b, 'cpu_id' AS name, n.cpu_id AS value FROM near AS n
  UNION ALL
  SELECT n.section_id, n.company_id_a, n.company_id_b, 'disk_id' AS name, n.disk_id AS value FROM near AS n
  UNION ALL
  SELECT n.section_id, n.company_id_a, n.company_id_b, 'lock_no' AS name, n.lock_no AS value FROM near AS n
  UNION ALL
  SELECT n.section_id, n.company_id_a, n.company_id_b, 'ca_no' AS name, n.ca_no AS value FROM near AS n
), shared AS (
  SELECT DISTINCT
    f.section_id,
    f.company_id_a,
    f.company_id_b,
    f.name,
    f.value
  FROM feature AS f
  JOIN bid AS a
    ON a.section_id = f.section_id
   AND a.bidder_id = f.company_id_a
  JOIN bid AS b
    ON b.section_id = f.section_id
   AND b.bidder_id = f.company_id_b
  WHERE f.value <> ''
    AND NOT COALESCE(a.withdrawn, FALSE)
    AND NOT COALESCE(b.withdrawn, FALSE)
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
