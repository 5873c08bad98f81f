-- A public address serves many machines and says the least.
WITH used AS (
  SELECT company_id AS a, time AS seen, told, part.*
  FROM doc_download, LATERAL (VALUES ('ip', ip), ('mac', mac)) AS part(basis, value)
  UNION ALL
  SELECT supplier_id, submit_time, told, part.*
  FROM soe_quote, LATERAL (VALUES ('ip', ip), ('mac', mac)) AS part(basis, value)
  UNION ALL
  SELECT bidder_id, upload_time, told, part.*
  FROM bid_device, LATERAL (VALUES ('ip', ip), ('mac', mac), ('cpu', cpu_id), ('disk', disk_id), ('lock', lock_no),
    ('certificate', ca_no)) AS part(basis, value)
)
SELECT a, bridge_node('device', basis || ':' || device_form(value)) AS b, basis,
  CASE basis WHEN 'ip' THEN 0.2 ELSE 0.5 END AS confidence,
  seen_from(seen) AS from_date, seen_to(seen) AS to_date, told
FROM used
