WITH used AS (
  SELECT person_id AS a, phone, 'own' AS basis, 0.6 AS confidence, NULL AS seen, told FROM person
  UNION ALL
  SELECT company_id, phone, 'own', 0.6, NULL, told FROM company
  UNION ALL
  -- The filing agent's own phone says less of the company.
  SELECT company_id, agent_phone, 'agent', 0.3, filed_date, told FROM company_agent
  UNION ALL
  SELECT company_id, phone, 'download', 0.6, time, told FROM doc_download
  UNION ALL
  SELECT bidder_id, phone, 'team', 0.5, NULL, told FROM bid_team
  UNION ALL
  SELECT supplier_id, contact_phone, 'quote', 0.6, submit_time, told FROM soe_quote
  UNION ALL
  SELECT bidder_id, contact_phone, 'quote', 0.6, submit_time, told FROM village_project_bid
  UNION ALL
  SELECT supplier_id, contact_phone, 'quote', 0.6, quote_time, told FROM village_purchase_quote
)
SELECT a, bridge_node('phone', phone_form(phone)) AS b, basis, confidence,
  seen_from(seen) AS from_date, seen_to(seen) AS to_date, told
FROM used
