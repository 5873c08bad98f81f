WITH paid AS (
  SELECT
    p.person_id,
    p.village_code,
    p.pay_id,
    p.amount,
    EXTRACT(YEAR FROM p.pay_date) AS year,
    q.area_code,
    q.max_degree,
    q.min_conf
  FROM subsidy_payment AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.village_code <> ''
    AND p.person_id <> ''
    AND p.program_code <> ''
    AND STRPOS('|' || q.land_programs || '|', '|' || p.program_code || '|') > 0
), collective AS (
  SELECT
    c.declare_id,
    c.person_id,
    c.parcel_id,
    c.year,
    c.declared_area,
    CAST(CAST(c.year AS VARCHAR) || '-06-30' AS DATE) AS midyear
  FROM crop_declaration AS c
  WHERE c.parcel_id <> ''
    AND c.year IS NOT NULL
    AND NOT EXISTS (
      SELECT 1
      FROM land_contract AS k
      WHERE k.parcel_id = c.parcel_id
        AND (k.from_date IS NULL OR k.from_date <= CAST(CAST(c.year AS VARCHAR) || '-06-30' AS DATE))
        AND (k.to_date IS NULL OR k.to_date >= CAST(CAST(c.year AS VARCHAR) || '-06-30' AS DATE))
    )
), booked AS (
  -- the list of prefixes is an alternation: an account code that begins with one loses it
  SELECT DISTINCT
    v.village_code,
    EXTRACT(YEAR FROM v.voucher_date) AS year
  FROM village_voucher AS v
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE v.credit > 0
    AND REGEXP_REPLACE(v.account_code, '^(' || q.income_accounts || ')', '', 'g') <> v.account_code
), drawn AS (
  SELECT DISTINCT
    p.person_id,
    p.village_code,
    p.year,
    c.midyear,
    p.area_code,
    p.max_degree,
    p.min_conf
  FROM paid AS p
  JOIN collective AS c
    ON c.person_id = p.person_id
   AND c.year = p.year
  LEFT JOIN booked AS b
    ON b.village_code = p.village_code
   AND b.year = p.year
  WHERE b.village_code IS NULL
), official AS (
  SELECT
    d.person_id,
    d.village_code,
    d.year,
    d.midyear,
    d.area_code,
    d.max_degree,
    d.min_conf,
    o.person_id AS official_id
  FROM drawn AS d
  JOIN in_office AS o
    ON o.village_code = d.village_code
  WHERE (o.from_date IS NULL OR o.from_date <= d.midyear)
    AND (o.to_date IS NULL OR o.to_date >= d.midyear)
), tie AS (
  SELECT
    o.person_id,
    o.village_code,
    o.year,
    o.area_code,
    o.official_id,
    0 AS degree,
    'T1' AS min_tier
  FROM official AS o
  WHERE o.official_id = o.person_id
  UNION ALL
  SELECT
    o.person_id,
    o.village_code,
    o.year,
    o.area_code,
    o.official_id,
    k.degree,
    k.min_tier
  FROM official AS o
  JOIN relative_of AS k
    ON k.person_id = o.official_id
   AND k.relative_id = o.person_id
  WHERE (k.from_date IS NULL OR k.from_date <= o.midyear)
    AND (k.to_date IS NULL OR k.to_date >= o.midyear)
    AND k.degree <= o.max_degree
    AND k.confidence >= o.min_conf
), ranked AS (
  SELECT
    t.person_id,
    t.village_code,
    t.year,
    t.area_code,
    t.official_id,
    t.min_tier,
    ROW_NUMBER() OVER (PARTITION BY t.person_id, t.village_code ORDER BY t.degree, t.official_id, t.year) AS nearest
  FROM tie AS t
), hit_year AS (
  SELECT
    k.person_id,
    k.village_code,
    k.area_code,
    k.year,
    MAX(CASE WHEN k.nearest = 1 THEN k.official_id END) AS official_id,
    MAX(CASE WHEN k.nearest = 1 THEN k.min_tier END) AS min_tier
  FROM ranked AS k
  GROUP BY k.person_id, k.village_code, k.area_code, k.year
), land AS (
  SELECT
    y.person_id,
    y.village_code,
    COUNT(DISTINCT c.parcel_id) AS parcels,
    COALESCE(SUM(c.declared_area), 0) AS declared_area
  FROM hit_year AS y
  JOIN collective AS c
    ON c.person_id = y.person_id
   AND c.year = y.year
  GROUP BY y.person_id, y.village_code
), money AS (
  SELECT
    y.person_id,
    y.village_code,
    COALESCE(SUM(p.amount), 0) AS amount_total
  FROM hit_year AS y
  JOIN paid AS p
    ON p.person_id = y.person_id
   AND p.village_code = y.village_code
   AND p.year = y.year
  GROUP BY y.person_id, y.village_code
)
SELECT
  y.person_id,
  y.village_code,
  y.area_code,
  MAX(y.official_id) AS official_id,
  MAX(l.parcels) AS parcels,
  MAX(l.declared_area) AS declared_area,
  MAX(m.amount_total) AS amount_total,
  MIN(y.year) AS first_year,
  MAX(y.year) AS last_year,
  MAX(y.min_tier) AS identity_tier,
  'red' AS grade
FROM hit_year AS y
JOIN land AS l
  ON l.person_id = y.person_id
 AND l.village_code = y.village_code
JOIN money AS m
  ON m.person_id = y.person_id
 AND m.village_code = y.village_code
GROUP BY y.person_id, y.village_code, y.area_code
