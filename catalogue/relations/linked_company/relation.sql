-- a value that more than 50 companies share (a mass address, a filing agent's office) ties nobody
WITH shared AS (
  SELECT
    'controller' AS basis,
    c.company_id,
    c.person_id AS value,
    c.share,
    c.depth AS levels,
    c.from_date,
    c.to_date
  FROM controls AS c
  WHERE c.depth <= 2
  UNION ALL
  SELECT
    'common_holder' AS basis,
    s.company_id,
    s.holder_id AS value,
    s.ratio AS share,
    1 AS levels,
    s.from_date,
    s.to_date
  FROM shareholder AS s
  WHERE s.ratio IS NOT NULL
  UNION ALL
  SELECT DISTINCT
    'address' AS basis,
    r.company_id,
    TRIM(r.address) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS r
  UNION ALL
  SELECT DISTINCT
    'phone' AS basis,
    r.company_id,
    TRIM(r.phone) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS r
  UNION ALL
  SELECT DISTINCT
    'email' AS basis,
    r.company_id,
    TRIM(r.email) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS r
  UNION ALL
  SELECT DISTINCT
    'agent' AS basis,
    g.company_id,
    g.agent_person_id AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company_agent AS g
  UNION ALL
  SELECT DISTINCT
    'agent' AS basis,
    g.company_id,
    TRIM(g.agent_phone) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company_agent AS g
), small AS (
  SELECT
    s.basis,
    s.value
  FROM shared AS s
  WHERE s.value <> ''
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
  JOIN shared AS a
    ON a.basis = m.basis
   AND a.value = m.value
  JOIN shared AS b
    ON b.basis = m.basis
   AND b.value = m.value
  WHERE a.company_id < b.company_id
  UNION ALL
  SELECT
    LEAST(s.company_id, s.holder_id) AS company_id_a,
    GREATEST(s.company_id, s.holder_id) AS company_id_b,
    'holding' AS basis,
    s.holder_id AS value,
    s.ratio AS share,
    1 AS levels,
    s.from_date,
    s.to_date
  FROM shareholder AS s
  JOIN company AS h
    ON h.company_id = s.holder_id
  WHERE s.company_id <> s.holder_id
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
