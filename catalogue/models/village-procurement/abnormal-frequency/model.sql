-- a village is compared with all villages of its county that bought the item that year, itself among them;
-- the middle of n rows is the one, or are the two, whose place p has n <= 2 p <= n + 2
WITH spent AS (
  SELECT
    b.village_code,
    b.item_code,
    EXTRACT(YEAR FROM b.purchase_date) AS year,
    CAST(COALESCE(SUM(b.amount), 0) AS DECIMAL(18, 2)) AS amount_total
  FROM village_purchase AS b
  WHERE b.village_code <> ''
    AND b.item_code <> ''
    AND b.purchase_date IS NOT NULL
  GROUP BY b.village_code, b.item_code, EXTRACT(YEAR FROM b.purchase_date)
), year_end AS (
  SELECT DISTINCT
    s.village_code,
    s.year,
    CAST(CAST(s.year AS VARCHAR) || '-12-31' AS DATE) AS last_day
  FROM spent AS s
), headcount AS (
  SELECT
    y.village_code,
    y.year,
    COUNT(DISTINCT m.person_id) AS members
  FROM year_end AS y
  JOIN collective_member AS m
    ON m.village_code = y.village_code
  WHERE (m.from_date IS NULL OR m.from_date <= y.last_day)
    AND (m.to_date IS NULL OR m.to_date >= y.last_day)
  GROUP BY y.village_code, y.year
), per_head AS (
  SELECT
    s.village_code,
    SUBSTR(s.village_code, 1, 6) AS county,
    s.item_code,
    s.year,
    s.amount_total,
    CAST(s.amount_total / n.members AS DECIMAL(18, 6)) AS per_head
  FROM spent AS s
  JOIN headcount AS n
    ON n.village_code = s.village_code
   AND n.year = s.year
  WHERE s.amount_total > 0
    AND n.members > 0
), ranked AS (
  SELECT
    p.county,
    p.item_code,
    p.year,
    p.per_head,
    ROW_NUMBER() OVER (PARTITION BY p.county, p.item_code, p.year ORDER BY p.per_head, p.village_code) AS place,
    COUNT(*) OVER (PARTITION BY p.county, p.item_code, p.year) AS n
  FROM per_head AS p
), middle AS (
  SELECT
    k.county,
    k.item_code,
    k.year,
    k.n,
    CAST(SUM(k.per_head) / COUNT(*) AS DECIMAL(18, 6)) AS median
  FROM ranked AS k
  WHERE 2 * k.place >= k.n
    AND 2 * k.place <= k.n + 2
  GROUP BY k.county, k.item_code, k.year, k.n
), distance AS (
  SELECT
    p.county,
    p.item_code,
    p.year,
    m.n,
    ABS(p.per_head - m.median) AS distance,
    ROW_NUMBER() OVER (PARTITION BY p.county, p.item_code, p.year ORDER BY ABS(p.per_head - m.median), p.village_code) AS place
  FROM per_head AS p
  JOIN middle AS m
    ON m.county = p.county
   AND m.item_code = p.item_code
   AND m.year = p.year
), spread AS (
  SELECT
    d.county,
    d.item_code,
    d.year,
    CAST(SUM(d.distance) / COUNT(*) AS DECIMAL(20, 6)) AS mad
  FROM distance AS d
  WHERE 2 * d.place >= d.n
    AND 2 * d.place <= d.n + 2
  GROUP BY d.county, d.item_code, d.year
), compared AS (
  SELECT
    p.village_code,
    p.item_code,
    p.year,
    p.amount_total,
    p.per_head,
    m.n,
    m.median,
    d.mad,
    q.area_code,
    q.z,
    q.raise_z,
    q.min_n
  FROM per_head AS p
  JOIN middle AS m
    ON m.county = p.county
   AND m.item_code = p.item_code
   AND m.year = p.year
  JOIN spread AS d
    ON d.county = p.county
   AND d.item_code = p.item_code
   AND d.year = p.year
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE d.mad > 0
)
SELECT
  c.village_code,
  c.item_code,
  CAST(c.year AS INTEGER) AS year,
  c.area_code,
  c.per_head,
  c.median AS county_median,
  CAST((c.per_head - c.median) / (1.4826 * c.mad) AS DECIMAL(18, 6)) AS robust_z,
  c.amount_total,
  CASE WHEN c.per_head - c.median >= c.raise_z * 1.4826 * c.mad THEN 'yellow' ELSE 'blue' END AS grade
FROM compared AS c
WHERE c.n >= c.min_n
  AND c.per_head - c.median >= c.z * 1.4826 * c.mad
