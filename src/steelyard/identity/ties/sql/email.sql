SELECT company_id AS a, bridge_node('email', email_form(email)) AS b, 'registered' AS basis, 0.6 AS confidence, told
FROM company
