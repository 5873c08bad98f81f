-- From the person to the body.  A legal representative has no period: as registered now.
SELECT legal_rep_id AS a, company_id AS b, 'legal_rep' AS basis, 'legal_rep' AS role, 1 AS confidence, told
FROM company
UNION ALL BY NAME
SELECT person_id AS a, company_id AS b, 'officer' AS basis, COALESCE(role, 'officer') AS role, 1 AS confidence,
  from_date, to_date, told
FROM company_officer
UNION ALL BY NAME
SELECT person_id AS a, org_id AS b, 'post' AS basis, position AS role, 1 AS confidence, from_date, to_date, told
FROM official
UNION ALL BY NAME
-- A declared company is of the relative where one is named.
SELECT COALESCE(relative_id, person_id) AS a, related_company_id AS b, 'declared' AS basis, 'declared' AS role,
  1 AS confidence, told
FROM official_declaration
