-- a feature belongs to the bidder, not to one bid row: the device of a withdrawn first bid still speaks
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH twice AS (
  -- that two bids of one section share anything is rare: values met twice come first, so that few rows are joined
  SELECT d.section_id, 'mac' AS name, UPPER(d.mac) AS value
  FROM bid_device AS d
  WHERE d.mac <> ''
  GROUP BY d.section_id, UPPER(d.mac)
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT d.section_id, 'cpu_id' AS name, UPPER(d.cpu_id) AS value
  FROM bid_device AS d
  WHERE d.cpu_id <> ''
  GROUP BY d.section_id, UPPER(d.cpu_id)
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT d.section_id, 'disk_id' AS name, UPPER(d.disk_id) AS value
  FROM bid_device AS d
  WHERE d.disk_id <> ''
  GROUP BY d.section_id, UPPER(d.disk_id)
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT d.section_id, 'lock_no' AS name, UPPER(d.lock_no) AS value
  FROM bid_device AS d
  WHERE d.lock_no <> ''
  GROUP BY d.section_id, UPPER(d.lock_no)
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT d.section_id, 'ca_no' AS name, UPPER(d.ca_no) AS value
  FROM bid_device AS d
  WHERE d.ca_no <> ''
  GROUP BY d.section_id, UPPER(d.ca_no)
  HAVING COUNT(*) > 1
), placed AS (
  SELECT
    w.section_id,
    w.name,
    w.value,
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
    p.name,
    p.value,
    p.area_code
  FROM placed AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE STRPOS('|' || q.ignore_values || '|', '|' || p.value || '|') = 0
), feature AS (
  SELECT DISTINCT
    p.section_id,
    p.name,
    p.value,
    p.area_code,
    d.bidder_id
  FROM telling AS p
  JOIN bid_device AS d
    ON d.section_id = p.section_id
  WHERE p.value = CASE p.name
    WHEN 'mac' THEN UPPER(d.mac)
    WHEN 'cpu_id' THEN UPPER(d.cpu_id)
    WHEN 'disk_id' THEN UPPER(d.disk_id)
    WHEN 'lock_no' THEN UPPER(d.lock_no)
    ELSE UPPER(d.ca_no)
  END
), met AS (
  SELECT DISTINCT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.name,
    x.area_code
  FROM feature AS x
  JOIN feature AS y
    ON y.section_id = x.section_id
   AND y.name = x.name
   AND y.value = x.value
   AND y.bidder_id > x.bidder_id
), matched AS (
  -- one that has withdrawn all its bids is not a bidder
  SELECT
    m.section_id,
    m.company_id_a,
    m.company_id_b,
    m.name,
    m.area_code
  FROM met AS m
  JOIN bid AS b
    ON b.section_id = m.section_id
  WHERE NOT COALESCE(b.withdrawn, FALSE)
  GROUP BY m.section_id, m.company_id_a, m.company_id_b, m.name, m.area_code
  HAVING MAX(CASE WHEN b.bidder_id = m.company_id_a THEN 1 ELSE 0 END) = 1
     AND MAX(CASE WHEN b.bidder_id = m.company_id_b THEN 1 ELSE 0 END) = 1
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
