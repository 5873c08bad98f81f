SELECT
  k.person_id,
  k.relative_id,
  k.relation,
  k.degree,
  k.confidence,
  'T1' AS min_tier,
  k.from_date,
  k.to_date
FROM kinship AS k
WHERE k.person_id <> k.relative_id
