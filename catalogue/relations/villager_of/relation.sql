SELECT
  p.person_id,
  p.hukou_village_code AS village_code,
  p.household_id
FROM person AS p
WHERE p.hukou_village_code <> ''
