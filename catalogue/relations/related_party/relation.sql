WITH near AS (
  SELECT DISTINCT
    o.person_id AS official_id,
    o.person_id AS person_id,
    0 AS degree,
    CAST(NULL AS DECIMAL(18,6)) AS confidence,
    'self' AS step,
    'T1' AS min_tier,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM official AS o
  WHERE o.person_id IS NOT NULL
  UNION ALL
  SELECT DISTINCT
    o.person_id AS official_id,
    k.relative_id AS person_id,
    k.degree,
    k.confidence,
    COALESCE(k.relation, 'relative') AS step,
    k.min_tier,
    k.from_date,
    k.to_date
  FROM official AS o
  JOIN relative_of AS k
    ON k.person_id = o.person_id
  -- null says that no kinship stands on the path; a tie of unknown certainty satisfies no threshold
  WHERE k.confidence IS NOT NULL
), tie AS (
  SELECT
    n.official_id,
    n.person_id AS party_id,
    CASE WHEN n.degree = 0 THEN 'self' ELSE 'relative' END AS relation,
    CASE WHEN n.degree = 0 THEN 0 ELSE 1 END AS hops,
    0 AS levels,
    n.step AS path,
    n.degree,
    n.confidence,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    n.min_tier,
    n.from_date,
    n.to_date
  FROM near AS n
  UNION ALL
  SELECT
    n.official_id,
    c.company_id AS party_id,
    CASE WHEN n.degree = 0 THEN 'controls' ELSE 'relative_controls' END AS relation,
    CASE WHEN n.degree = 0 THEN c.depth ELSE c.depth + 1 END AS hops,
    c.depth AS levels,
    n.step || ' > ' || c.role || CASE c.depth WHEN 1 THEN '' WHEN 2 THEN ' > 1 company' ELSE ' > 2 companies' END AS path,
    n.degree,
    n.confidence,
    c.share,
    CASE WHEN n.min_tier < c.min_tier THEN c.min_tier ELSE n.min_tier END AS min_tier,
    GREATEST(n.from_date, c.from_date) AS from_date,
    LEAST(n.to_date, c.to_date) AS to_date
  FROM near AS n
  JOIN controls AS c
    ON c.person_id = n.person_id
)
SELECT
  t.official_id,
  t.party_id,
  t.relation,
  t.hops,
  t.levels,
  t.path,
  t.degree,
  t.confidence,
  t.share,
  CAST(COALESCE(t.confidence, 1) * CAST(COALESCE(t.share, 1) AS DECIMAL(19, 6)) AS DECIMAL(18,6)) AS strength,
  t.min_tier,
  COUNT(*) OVER (PARTITION BY t.official_id, t.party_id) AS n_paths,
  t.from_date,
  t.to_date
FROM tie AS t
WHERE t.from_date IS NULL
   OR t.to_date IS NULL
   OR t.from_date <= t.to_date
