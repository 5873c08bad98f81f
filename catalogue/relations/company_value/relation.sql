-- what companies may have in common; trimmed here, so that others compare by plain equality
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
  SELECT
    'address' AS basis,
    r.company_id,
    TRIM(r.address) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS r
  UNION ALL
  SELECT
    'phone' AS basis,
    r.company_id,
    TRIM(r.phone) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS r
  UNION ALL
  SELECT
    'email' AS basis,
    r.company_id,
    TRIM(r.email) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS r
  UNION ALL
  SELECT
    'agent' AS basis,
    g.company_id,
    g.agent_person_id AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company_agent AS g
  UNION ALL
  SELECT
    'agent' AS basis,
    g.company_id,
    TRIM(g.agent_phone) AS value,
    CAST(NULL AS DECIMAL(18,6)) AS share,
    1 AS levels,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company_agent AS g
)
SELECT DISTINCT
  s.company_id,
  s.basis,
  s.value,
  s.share,
  s.levels,
  s.from_date,
  s.to_date
FROM shared AS s
WHERE s.value <> ''
