-- a legal representative has no period: as registered now; a holder that is no registered company is a person
WITH person_of AS (
  SELECT
    c.company_id,
    c.legal_rep_id AS person_id,
    'legal_rep' AS role,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS c
  WHERE c.legal_rep_id IS NOT NULL
  UNION ALL
  SELECT
    f.company_id,
    f.person_id,
    COALESCE(f.role, 'officer') AS role,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    f.from_date,
    f.to_date
  FROM company_officer AS f
  WHERE f.person_id IS NOT NULL
  UNION ALL
  SELECT
    h.company_id,
    h.holder_id AS person_id,
    'shareholder' AS role,
    h.ratio AS share,
    h.from_date,
    h.to_date
  FROM shareholder AS h
  LEFT JOIN company AS x
    ON x.company_id = h.holder_id
  WHERE h.holder_id IS NOT NULL
    AND h.ratio IS NOT NULL
    AND x.company_id IS NULL
), held AS (
  SELECT
    h.company_id,
    h.holder_id AS upper_id,
    h.ratio AS share,
    h.from_date,
    h.to_date
  FROM shareholder AS h
  JOIN company AS x
    ON x.company_id = h.holder_id
  WHERE h.company_id <> h.holder_id
    AND h.ratio IS NOT NULL
), held_twice AS (
  SELECT
    a.company_id,
    b.upper_id,
    LEAST(a.share, b.share) AS share,
    GREATEST(a.from_date, b.from_date) AS from_date,
    LEAST(a.to_date, b.to_date) AS to_date
  FROM held AS a
  JOIN held AS b
    ON b.company_id = a.upper_id
  WHERE b.upper_id <> a.company_id
), above AS (
  SELECT
    1 AS depth,
    p.company_id,
    p.person_id,
    p.role,
    p.share,
    p.from_date,
    p.to_date
  FROM person_of AS p
  UNION ALL
  SELECT
    2 AS depth,
    h.company_id,
    p.person_id,
    p.role,
    LEAST(h.share, p.share) AS share,
    GREATEST(h.from_date, p.from_date) AS from_date,
    LEAST(h.to_date, p.to_date) AS to_date
  FROM held AS h
  JOIN person_of AS p
    ON p.company_id = h.upper_id
  UNION ALL
  SELECT
    3 AS depth,
    h.company_id,
    p.person_id,
    p.role,
    LEAST(h.share, p.share) AS share,
    GREATEST(h.from_date, p.from_date) AS from_date,
    LEAST(h.to_date, p.to_date) AS to_date
  FROM held_twice AS h
  JOIN person_of AS p
    ON p.company_id = h.upper_id
)
SELECT DISTINCT
  a.company_id,
  a.person_id,
  a.role,
  a.share,
  a.depth,
  'T1' AS min_tier,
  a.from_date,
  a.to_date
FROM above AS a
WHERE a.from_date IS NULL
   OR a.to_date IS NULL
   OR a.from_date <= a.to_date
