-- other declarants of a parcel decide too, so the whole is looked at
WITH village_of AS (
  SELECT
    k.parcel_id,
    MIN(k.village_code) AS village_code
  FROM land_contract AS k
  WHERE k.village_code <> ''
  GROUP BY k.parcel_id
), placed AS (
  SELECT
    c.declare_id,
    c.person_id,
    c.year,
    CAST(CAST(c.year AS VARCHAR) || '-06-30' AS DATE) AS midyear,
    c.parcel_id,
    c.declared_area,
    c.surveyor_id,
    COALESCE(v.village_code, NULLIF(i.hukou_village_code, '')) AS village_code,
    q.area_code,
    q.tol,
    q.arable_classes
  FROM crop_declaration AS c
  LEFT JOIN village_of AS v
    ON v.parcel_id = c.parcel_id
  LEFT JOIN person AS i
    ON i.person_id = c.person_id
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  LEFT JOIN param AS home
    ON home.area_code = i.hukou_village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, home.area_code, r.root_area)
  WHERE c.person_id <> ''
    AND c.parcel_id <> ''
    AND c.year IS NOT NULL
), parcel AS (
  SELECT DISTINCT
    p.person_id,
    p.year,
    p.midyear,
    p.parcel_id
  FROM placed AS p
), entitled AS (
  SELECT
    e.person_id,
    e.year,
    SUM(e.area) AS area
  FROM (
    SELECT
      p.person_id,
      p.year,
      k.area
    FROM parcel AS p
    JOIN land_contract AS k
      ON k.parcel_id = p.parcel_id
     AND k.person_id = p.person_id
    WHERE (k.from_date IS NULL OR k.from_date <= p.midyear)
      AND (k.to_date IS NULL OR k.to_date >= p.midyear)
    UNION ALL
    SELECT
      p.person_id,
      p.year,
      t.area
    FROM parcel AS p
    JOIN land_transfer AS t
      ON t.parcel_id = p.parcel_id
     AND t.to_party_id = p.person_id
    WHERE (t.start_date IS NULL OR t.start_date <= p.midyear)
      AND (t.end_date IS NULL OR t.end_date >= p.midyear)
  ) AS e
  GROUP BY e.person_id, e.year
), declared AS (
  SELECT
    p.person_id,
    p.year,
    SUM(p.declared_area) AS declared_total,
    COUNT(DISTINCT p.parcel_id) AS parcels,
    MIN(p.area_code) AS area_code
  FROM placed AS p
  GROUP BY p.person_id, p.year
), summed AS (
  SELECT
    d.person_id,
    d.year,
    d.declared_total,
    COALESCE(e.area, 0) AS entitled_total,
    d.parcels,
    CASE WHEN d.declared_total > COALESCE(e.area, 0) * (1 + q.tol) THEN 1 ELSE 0 END AS over
  FROM declared AS d
  LEFT JOIN entitled AS e
    ON e.person_id = d.person_id
   AND e.year = d.year
  JOIN param AS q
    ON q.area_code = d.area_code
), contracted AS (
  SELECT
    p.parcel_id,
    p.year,
    SUM(k.area) AS area
  FROM (
    SELECT DISTINCT
      x.parcel_id,
      x.year,
      x.midyear
    FROM parcel AS x
  ) AS p
  JOIN land_contract AS k
    ON k.parcel_id = p.parcel_id
  WHERE (k.from_date IS NULL OR k.from_date <= p.midyear)
    AND (k.to_date IS NULL OR k.to_date >= p.midyear)
  GROUP BY p.parcel_id, p.year
), joint AS (
  SELECT
    p.parcel_id,
    p.year,
    SUM(p.declared_area) AS declared_area
  FROM placed AS p
  GROUP BY p.parcel_id, p.year
  HAVING COUNT(DISTINCT p.person_id) >= 2
), tested AS (
  SELECT
    p.declare_id,
    p.person_id,
    p.year,
    p.midyear,
    p.surveyor_id,
    p.village_code,
    p.area_code,
    s.declared_total,
    s.entitled_total,
    s.parcels,
    s.over,
    CASE
      WHEN v.parcel_id IS NOT NULL
        AND (
          COALESCE(STRPOS('|' || p.arable_classes || '|', '|' || NULLIF(v.land_class, '') || '|'), 0) = 0
          OR v.planted_area < p.declared_area * (1 - CAST(p.tol AS DECIMAL(19, 6)))
        )
      THEN 1
      ELSE 0
    END AS unlike,
    CASE WHEN j.declared_area > k.area * (1 + p.tol) THEN 1 ELSE 0 END AS twice
  FROM placed AS p
  JOIN summed AS s
    ON s.person_id = p.person_id
   AND s.year = p.year
  LEFT JOIN parcel_survey AS v
    ON v.parcel_id = p.parcel_id
   AND v.year = p.year
  LEFT JOIN joint AS j
    ON j.parcel_id = p.parcel_id
   AND j.year = p.year
  LEFT JOIN contracted AS k
    ON k.parcel_id = p.parcel_id
   AND k.year = p.year
), matched AS (
  SELECT
    t.declare_id,
    t.person_id,
    t.year,
    t.village_code,
    t.area_code,
    t.declared_total,
    t.entitled_total,
    t.parcels,
    t.over,
    t.unlike,
    t.twice,
    CASE WHEN o.person_id IS NULL THEN 0 ELSE 1 END AS official
  FROM tested AS t
  LEFT JOIN in_office AS o
    ON o.village_code = t.village_code
   AND o.person_id IN (t.surveyor_id, t.person_id)
   AND (o.from_date IS NULL OR o.from_date <= t.midyear)
   AND (o.to_date IS NULL OR o.to_date >= t.midyear)
  WHERE t.over + t.unlike + t.twice > 0
)
SELECT
  m.person_id,
  m.year,
  MIN(m.area_code) AS area_code,
  MIN(m.village_code) AS village_code,
  MAX(m.declared_total) AS declared_total,
  MAX(m.entitled_total) AS entitled_total,
  MAX(m.parcels) AS parcels,
  SUBSTRING(
    CASE WHEN MAX(m.over) = 1 THEN ',a' ELSE '' END
      || CASE WHEN MAX(m.unlike) = 1 THEN ',b' ELSE '' END
      || CASE WHEN MAX(m.twice) = 1 THEN ',c' ELSE '' END,
    2
  ) AS reasons,
  CASE WHEN MAX(m.official) = 1 THEN 'red' ELSE 'yellow' END AS grade
FROM matched AS m
GROUP BY m.person_id, m.year
