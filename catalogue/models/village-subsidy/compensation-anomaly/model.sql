-- the area of an alert is the smallest one of its rows; a parcel without a contract in force is tested for c to e only
WITH placed AS (
  SELECT
    c.comp_id,
    c.village_code,
    c.person_id,
    c.parcel_id,
    c.comp_type,
    c.area,
    c.amount,
    c.pay_date,
    NULLIF(c.surveyor_id, '') AS surveyor_id,
    COALESCE(own.area_code, r.root_area) AS area_code
  FROM compensation AS c
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  WHERE c.person_id <> ''
    AND c.parcel_id <> ''
), pair AS (
  SELECT
    p.parcel_id,
    p.person_id,
    MIN(p.area_code) AS area_code,
    MIN(NULLIF(p.village_code, '')) AS village_code,
    COALESCE(SUM(p.amount), 0) AS comp_total,
    COALESCE(SUM(CASE WHEN p.comp_type = 'land' THEN p.area END), 0) AS area_total,
    MAX(CASE WHEN p.comp_type = 'house' THEN 1 ELSE 0 END) AS has_house,
    MAX(CASE WHEN p.comp_type = 'land' THEN 1 ELSE 0 END) AS has_land
  FROM placed AS p
  GROUP BY p.parcel_id, p.person_id
), parcel AS (
  SELECT
    p.parcel_id,
    SUM(CASE WHEN p.comp_type = 'land' THEN p.area END) AS land_area,
    MAX(p.pay_date) AS last_pay_date
  FROM placed AS p
  GROUP BY p.parcel_id
), registered AS (
  SELECT
    p.parcel_id,
    p.land_area,
    SUM(k.area) AS area
  FROM parcel AS p
  JOIN land_contract AS k
    ON k.parcel_id = p.parcel_id
  WHERE (k.from_date IS NULL OR k.from_date <= p.last_pay_date)
    AND (k.to_date IS NULL OR k.to_date >= p.last_pay_date)
  GROUP BY p.parcel_id, p.land_area
), entitled AS (
  SELECT
    p.comp_id,
    p.parcel_id,
    p.person_id,
    MAX(CASE WHEN k.person_id = p.person_id OR m.person_id IS NOT NULL THEN 1 ELSE 0 END) AS fits
  FROM placed AS p
  JOIN land_contract AS k
    ON k.parcel_id = p.parcel_id
  LEFT JOIN household_member AS m
    ON m.household_id = k.household_id
   AND m.person_id = p.person_id
   AND (m.from_date IS NULL OR m.from_date <= p.pay_date)
   AND (m.to_date IS NULL OR m.to_date >= p.pay_date)
  WHERE (k.from_date IS NULL OR k.from_date <= p.pay_date)
    AND (k.to_date IS NULL OR k.to_date >= p.pay_date)
  GROUP BY p.comp_id, p.parcel_id, p.person_id
), repeated AS (
  SELECT
    p.parcel_id,
    p.person_id
  FROM placed AS p
  WHERE p.comp_type <> ''
    AND p.pay_date IS NOT NULL
  GROUP BY p.parcel_id, p.person_id, p.comp_type, p.pay_date
  HAVING COUNT(*) > 1
), surveyed AS (
  SELECT
    p.parcel_id,
    p.person_id,
    MIN(p.surveyor_id) AS surveyor_id
  FROM placed AS p
  JOIN relative_of AS k
    ON k.person_id = p.surveyor_id
   AND k.relative_id = p.person_id
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE p.pay_date IS NOT NULL
    AND (k.from_date IS NULL OR k.from_date <= p.pay_date)
    AND (k.to_date IS NULL OR k.to_date >= p.pay_date)
    AND k.degree <= q.max_degree
    AND k.confidence >= q.min_conf
  GROUP BY p.parcel_id, p.person_id
), house AS (
  SELECT
    c.person_id,
    SUM(c.area) AS area
  FROM compensation AS c
  WHERE c.comp_type = 'house'
  GROUP BY c.person_id
), approved AS (
  SELECT
    g.person_id,
    SUM(g.area) AS area
  FROM homestead AS g
  WHERE g.status = 'approved'
  GROUP BY g.person_id
), struck AS (
  SELECT
    t.parcel_id,
    t.person_id,
    'a' AS reason
  FROM pair AS t
  JOIN registered AS g
    ON g.parcel_id = t.parcel_id
  JOIN param AS q
    ON q.area_code = t.area_code
  WHERE t.has_land = 1
    AND g.land_area > g.area * (1 + q.tol)
  UNION ALL
  SELECT
    e.parcel_id,
    e.person_id,
    'b' AS reason
  FROM entitled AS e
  WHERE e.fits = 0
  UNION ALL
  SELECT
    d.parcel_id,
    d.person_id,
    'c' AS reason
  FROM repeated AS d
  UNION ALL
  SELECT
    s.parcel_id,
    s.person_id,
    'd' AS reason
  FROM surveyed AS s
  UNION ALL
  SELECT
    t.parcel_id,
    t.person_id,
    'e' AS reason
  FROM pair AS t
  JOIN house AS u
    ON u.person_id = t.person_id
  JOIN approved AS v
    ON v.person_id = t.person_id
  JOIN param AS q
    ON q.area_code = t.area_code
  WHERE t.has_house = 1
    AND u.area > v.area * (1 + q.tol)
), reasons AS (
  SELECT
    k.parcel_id,
    k.person_id,
    STRING_AGG(DISTINCT k.reason, ',' ORDER BY k.reason) AS reasons
  FROM struck AS k
  GROUP BY k.parcel_id, k.person_id
), surveyor AS (
  SELECT
    p.parcel_id,
    p.person_id,
    MIN(p.surveyor_id) AS surveyor_id
  FROM placed AS p
  GROUP BY p.parcel_id, p.person_id
)
SELECT
  t.parcel_id,
  t.person_id,
  t.area_code,
  t.village_code,
  t.comp_total,
  t.area_total,
  g.area AS registered_area,
  x.reasons,
  COALESCE(s.surveyor_id, y.surveyor_id) AS surveyor_id,
  'red' AS grade
FROM pair AS t
JOIN reasons AS x
  ON x.parcel_id = t.parcel_id
 AND x.person_id = t.person_id
LEFT JOIN registered AS g
  ON g.parcel_id = t.parcel_id
LEFT JOIN surveyed AS s
  ON s.parcel_id = t.parcel_id
 AND s.person_id = t.person_id
LEFT JOIN surveyor AS y
  ON y.parcel_id = t.parcel_id
 AND y.person_id = t.person_id
