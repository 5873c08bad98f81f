-- People registered under one number of a household; relation_to_head says nothing of two others.
SELECT person_id AS a, bridge_node('household', household_id) AS b, 'household' AS basis, relation_to_head AS role,
  0.5 AS confidence, from_date, to_date, told
FROM household_member
