WITH used AS (
  SELECT owner_id AS a, account_no AS account, 'owner' AS basis, NULL AS seen, told FROM bank_account
  UNION ALL
  SELECT person_id, account_no, 'payee', month, told FROM pension_payment
  UNION ALL
  SELECT person_id, account_no, 'payee', pay_date, told FROM subsidy_payment
  UNION ALL
  SELECT person_id, account_no, 'payee', pay_date, told FROM dividend_payment
  UNION ALL
  SELECT person_id, account_no, 'payee', pay_date, told FROM compensation
  UNION ALL
  SELECT payee_id, payee_account, 'payee', pay_date, told FROM treasury_payment
  UNION ALL
  SELECT payee_id, payee_account, 'payee', pay_date, told FROM soe_payment
  UNION ALL
  SELECT payer_id, payer_account, 'payer', paid_time, told FROM bid_bond
  UNION ALL
  SELECT bidder_id, refund_account, 'refund', refund_time, told FROM bid_bond
)
SELECT a, bridge_node('account', account_form(account)) AS b, basis, 0.8 AS confidence,
  seen_from(seen) AS from_date, seen_to(seen) AS to_date, told
FROM used
