-- a column of its own, so that models reach a town over equal columns
WITH met AS (
  SELECT g.area_code AS village_code
  FROM region AS g
  WHERE g.level = 'village'
  UNION ALL
  SELECT a.village_code
  FROM appeal AS a
)
SELECT DISTINCT
  m.village_code,
  SUBSTR(m.village_code, 1, 9) || '000' AS town_code
FROM met AS m
WHERE m.village_code <> ''
