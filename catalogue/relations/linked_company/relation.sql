-- a value that more than 50 companies share (a mass address, a filing agent's office) ties nobody
WITH small AS (
  SELECT
    s.basis,
    s.value
  FROM company_value AS s
  GROUP BY s.basis, s.value
  HAVING COUNT(DISTINCT s.company_id) BETWEEN 2 AND 50
), pair AS (
  SELECT
    a.company_id AS company_id_a,
    b.company_id AS company_id_b,
    a.basis,
    a.value,
    LEAST(a.share, b.share) AS share,
    GREATEST(a.levels, b.levels) AS levels,
    GREATEST(a.from_date, b.from_date) AS from_date,
    LEAST(a.to_date, b.to_date) AS to_date
  FROM small AS m
  JOIN company_value AS a
    ON a.basis = m.basis
   AND a.value = m.value
  JOIN company_value AS b
    ON b.basis = m.basis
   AND b.value = m.value
  WHERE a.company_id < b.company_id
  UNION ALL
  SELECT
    s.company_id AS company_id_a,
    s.holder_id AS company_id_b,
    'holding' AS basis,
    s.holder_id AS value,
    s.ratio AS share,
    1 AS levels,
    s.from_date,
    s.to_date
  FROM shareholder AS s
  JOIN company AS h
    ON h.company_id = s.holder_id
  WHERE s.company_id < s.holder_id
    AND s.ratio IS NOT NULL
  UNION ALL
  SELECT
    s.holder_id AS company_id_a,
    s.company_id AS company_id_b,
    'holding' AS basis,
    s.holder_id AS value,
    s.ratio AS share,
    1 AS levels,
    s.from_date,
    s.to_date
  FROM shareholder AS s
  JOIN company AS h
    ON h.company_id = s.holder_id
  WHERE s.company_id > s.holder_id
    AND s.ratio IS NOT NULL
)
SELECT DISTINCT
  p.company_id_a,
  p.company_id_b,
  p.basis,
  MD5(p.value) AS value_hash,
  p.share,
  p.levels,
  'T1' AS min_tier,
  p.from_date,
  p.to_date
FROM pair AS p
WHERE p.from_date IS NULL
   OR p.to_date IS NULL
   OR p.from_date <= p.to_date
