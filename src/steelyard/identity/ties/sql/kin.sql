-- Kinship as registered, in both directions: where a row lacks its other direction, that one has no word for it.
WITH told_kin AS (
  SELECT person_id AS a, relative_id AS b, 'kinship' AS basis, relation AS role, degree, confidence,
    from_date, to_date, told
  FROM kinship
  UNION ALL
  -- What an official declared himself is certain, but says no degree: near enough to be declared is degree 1.
  SELECT person_id, relative_id, 'declared', relation, 1, 1, NULL, NULL, told
  FROM official_declaration
)
SELECT * FROM told_kin
UNION ALL
SELECT k.b, k.a, k.basis, NULL, k.degree, k.confidence, k.from_date, k.to_date, k.told
FROM told_kin AS k
ANTI JOIN told_kin AS o ON o.a = k.b AND o.b = k.a AND o.basis = k.basis
