WITH offered AS (
  SELECT bidder_id AS a, 'section:' || section_id AS subject, submit_time AS seen, told FROM bid
  UNION ALL
  SELECT supplier_id, 'soe:' || purchase_id, submit_time, told FROM soe_quote
  UNION ALL
  SELECT bidder_id, 'village:' || project_id, submit_time, told FROM village_project_bid
  UNION ALL
  SELECT supplier_id, 'purchase:' || purchase_id, quote_time, told FROM village_purchase_quote
)
SELECT a, bridge_node('cobid', subject) AS b, split_part(subject, ':', 1) AS basis, 'bidder' AS role,
  0.2 AS confidence, seen_from(seen) AS from_date, seen_to(seen) AS to_date, told
FROM offered
