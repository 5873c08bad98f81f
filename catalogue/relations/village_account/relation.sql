-- names are compared by equal beginnings of each length that village names have, not each with each
WITH village AS (
  SELECT g.area_code, g.name
  FROM region AS g
  WHERE g.level = 'village'
), owned AS (
  SELECT b.account_no, v.area_code AS village_code
  FROM bank_account AS b
  JOIN village AS v
    ON v.area_code = b.owner_id
), name_length AS (
  SELECT DISTINCT LENGTH(v.name) AS length
  FROM village AS v
  WHERE v.name <> ''
), beginning AS (
  SELECT b.account_no, n.length, LEFT(b.owner_name, n.length) AS name
  FROM bank_account AS b
  JOIN name_length AS n
    ON n.length <= LENGTH(b.owner_name)
  WHERE b.account_type = 'corporate'
), named AS (
  SELECT
    s.account_no,
    s.length,
    MIN(v.area_code) AS village_code,
    COUNT(*) AS villages,
    ROW_NUMBER() OVER (PARTITION BY s.account_no ORDER BY s.length DESC) AS rank
  FROM beginning AS s
  JOIN village AS v
    ON v.name = s.name
  GROUP BY s.account_no, s.length
)
SELECT o.account_no, o.village_code, 'owner' AS basis
FROM owned AS o
UNION ALL
SELECT n.account_no, n.village_code, 'name' AS basis
FROM named AS n
LEFT JOIN owned AS o
  ON o.account_no = n.account_no
WHERE n.rank = 1
  AND n.villages = 1
  AND o.account_no IS NULL
