-- From the one who answers or pays to the one it is for.
SELECT company_id AS a, beneficiary_id AS b, 'soe_guarantee' AS basis, COALESCE(kind, 'guarantee') AS role,
  0.6 AS confidence, start_date AS from_date, end_date AS to_date, told
FROM soe_guarantee
UNION ALL BY NAME
SELECT payer.a, bidder_id AS b, 'bid_bond' AS basis, payer.role, payer.confidence,
  seen_from(paid_time) AS from_date, seen_to(paid_time) AS to_date, told
FROM bid_bond,
  LATERAL (VALUES (payer_id, 'bond_payer', 0.6), (premium_payer_id, 'premium_payer', 0.6),
    (guarantor_id, 'guarantor', 0.2)) AS payer(a, role, confidence)
-- Who pays his own bond is tied to nobody.
WHERE payer.a <> bidder_id
