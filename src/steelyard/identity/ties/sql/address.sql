SELECT person_id AS a, bridge_node('address', address_form(address)) AS b, 'home' AS basis, 0.4 AS confidence, told
FROM person
UNION ALL BY NAME
SELECT company_id AS a, bridge_node('address', address_form(address)) AS b, 'registered' AS basis,
  0.4 AS confidence, told
FROM company
