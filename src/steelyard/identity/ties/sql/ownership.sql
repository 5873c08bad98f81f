-- From the holder to what is held.
SELECT holder_id AS a, company_id AS b, 'shareholder' AS basis, 'shareholder' AS role, ratio AS share,
  1 AS confidence, from_date, to_date, told
FROM shareholder
UNION ALL BY NAME
-- The top company of a group of state-owned enterprises; its share is not told.
SELECT parent_company_id AS a, company_id AS b, 'group' AS basis, 'group_parent' AS role, 1 AS confidence, told
FROM soe_org
