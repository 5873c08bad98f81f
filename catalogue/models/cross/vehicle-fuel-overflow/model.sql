WITH ranked AS (
  SELECT
    f.plate_no,
    f.time AS start_time,
    f.org_id,
    q.area_code,
    q.tol,
    f.time + q.window_hours * INTERVAL '1' HOUR AS end_time,
    f.time - q.window_hours * INTERVAL '1' HOUR AS earlier,
    ROW_NUMBER() OVER (PARTITION BY f.plate_no, f.time ORDER BY q.area_code, f.org_id, f.record_id) AS rank
  FROM gov_vehicle_fuel AS f
  LEFT JOIN org AS g
    ON g.org_id = f.org_id
  LEFT JOIN param AS own
    ON own.area_code = g.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE f.plate_no <> ''
    AND f.time IS NOT NULL
), filled AS (
  SELECT
    s.plate_no,
    s.start_time,
    s.earlier,
    s.org_id,
    s.area_code,
    SUM(f.litres) AS litres,
    MAX(CASE WHEN f.tank_capacity > 0 THEN f.tank_capacity END) AS tank_capacity,
    SUM(f.amount) AS amount
  FROM ranked AS s
  JOIN gov_vehicle_fuel AS f
    ON f.plate_no = s.plate_no
  WHERE s.rank = 1
    AND f.time >= s.start_time
    AND f.time < s.end_time
  GROUP BY s.plate_no, s.start_time, s.earlier, s.org_id, s.area_code, s.tol
  HAVING SUM(f.litres) > MAX(CASE WHEN f.tank_capacity > 0 THEN f.tank_capacity END) * (1 + CAST(s.tol AS DECIMAL(19, 6)))
), overflow AS (
  SELECT
    f.plate_no,
    f.start_time,
    f.earlier,
    f.org_id,
    f.area_code,
    f.litres,
    f.tank_capacity,
    f.amount,
    LAG(f.start_time) OVER (PARTITION BY f.plate_no ORDER BY f.start_time) AS start_before,
    ROW_NUMBER() OVER (PARTITION BY f.plate_no ORDER BY f.litres DESC, f.start_time) AS most,
    ROW_NUMBER() OVER (PARTITION BY f.plate_no ORDER BY f.start_time DESC) AS latest
  FROM filled AS f
)
SELECT
  f.plate_no,
  MAX(CASE WHEN f.latest = 1 THEN f.org_id END) AS org_id,
  MAX(CASE WHEN f.latest = 1 THEN f.area_code END) AS area_code,
  COUNT(CASE WHEN f.start_before IS NULL OR f.start_before <= f.earlier THEN 1 END) AS events,
  CAST(MAX(f.litres) AS DECIMAL(18, 6)) AS max_litres,
  MAX(CASE WHEN f.most = 1 THEN f.tank_capacity END) AS tank_capacity,
  CAST(MAX(CASE WHEN f.most = 1 THEN f.amount * (f.litres - f.tank_capacity) / f.litres END) AS DECIMAL(18, 2)) AS excess_amount,
  MIN(f.start_time) AS first_time,
  MAX(f.start_time) AS last_time,
  'red' AS grade
FROM overflow AS f
GROUP BY f.plate_no
