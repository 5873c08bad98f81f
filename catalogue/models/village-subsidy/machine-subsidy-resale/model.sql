-- each purchase opens a window; the one with the largest subsidy is shown
WITH bought AS (
  SELECT
    f.record_id,
    f.person_id,
    f.machine_no,
    f.buy_date,
    f.subsidy,
    f.dealer_id,
    q.area_code,
    q.max_machines,
    q.window_months,
    q.min_ratio
  FROM farm_machine AS f
  JOIN person AS i
    ON i.person_id = f.person_id
  LEFT JOIN param AS own
    ON own.area_code = i.hukou_village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
), farmed AS (
  SELECT DISTINCT
    c.person_id,
    c.year
  FROM crop_declaration AS c
  WHERE c.declared_area > 0
), opened AS (
  SELECT DISTINCT
    b.person_id,
    b.buy_date AS start_date,
    b.max_machines,
    CAST(b.buy_date + b.window_months * INTERVAL '1' MONTH AS DATE) AS end_date
  FROM bought AS b
  LEFT JOIN farmed AS c
    ON c.person_id = b.person_id
   AND c.year <= EXTRACT(YEAR FROM b.buy_date)
   AND c.year >= EXTRACT(YEAR FROM b.buy_date) - 1
  WHERE b.buy_date IS NOT NULL
    AND c.person_id IS NULL
), hoarded AS (
  SELECT
    o.person_id,
    o.start_date,
    o.end_date
  FROM opened AS o
  JOIN bought AS b
    ON b.person_id = o.person_id
   AND b.buy_date >= o.start_date
   AND b.buy_date < o.end_date
  GROUP BY o.person_id, o.start_date, o.end_date, o.max_machines
  HAVING COUNT(*) > o.max_machines
  QUALIFY ROW_NUMBER() OVER (PARTITION BY o.person_id ORDER BY COALESCE(SUM(b.subsidy), 0) DESC, o.start_date) = 1
), struck AS (
  SELECT
    b.record_id,
    'a' AS reason
  FROM bought AS b
  JOIN hoarded AS w
    ON w.person_id = b.person_id
   AND b.buy_date >= w.start_date
   AND b.buy_date < w.end_date
  UNION ALL
  SELECT DISTINCT
    b.record_id,
    'b' AS reason
  FROM bought AS b
  JOIN shareholder AS s
    ON s.company_id = b.dealer_id
   AND s.holder_id = b.person_id
  WHERE s.ratio >= b.min_ratio
    AND b.buy_date IS NOT NULL
    AND (s.from_date IS NULL OR s.from_date <= b.buy_date)
    AND (s.to_date IS NULL OR s.to_date >= b.buy_date)
  UNION ALL
  SELECT DISTINCT
    b.record_id,
    'c' AS reason
  FROM bought AS b
  JOIN farm_machine AS x
    ON x.machine_no = b.machine_no
   AND x.record_id <> b.record_id
  WHERE b.machine_no <> ''
), matched AS (
  SELECT
    b.record_id,
    b.person_id,
    b.area_code,
    b.subsidy,
    b.buy_date,
    MAX(CASE WHEN k.reason = 'a' THEN 1 ELSE 0 END) AS hoard,
    MAX(CASE WHEN k.reason = 'b' THEN 1 ELSE 0 END) AS dealer,
    MAX(CASE WHEN k.reason = 'c' THEN 1 ELSE 0 END) AS twin
  FROM bought AS b
  JOIN struck AS k
    ON k.record_id = b.record_id
  GROUP BY b.record_id, b.person_id, b.area_code, b.subsidy, b.buy_date
)
SELECT
  m.person_id,
  m.area_code,
  COUNT(*) AS machines,
  COALESCE(SUM(m.subsidy), 0) AS subsidy_total,
  SUBSTRING(
    CASE WHEN MAX(m.hoard) = 1 THEN ',a' ELSE '' END
      || CASE WHEN MAX(m.dealer) = 1 THEN ',b' ELSE '' END
      || CASE WHEN MAX(m.twin) = 1 THEN ',c' ELSE '' END,
    2
  ) AS reasons,
  MIN(m.buy_date) AS first_buy_date,
  MAX(m.buy_date) AS last_buy_date,
  'yellow' AS grade
FROM matched AS m
GROUP BY m.person_id, m.area_code
