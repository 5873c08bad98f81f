WITH placed AS (
  SELECT
    i.person_id,
    NULLIF(i.hukou_village_code, '') AS village_code,
    q.area_code,
    q.min_cost,
    q.severe_levels,
    CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE) AS window_from,
    r.as_of
  FROM person AS i
  LEFT JOIN param AS own
    ON own.area_code = i.hukou_village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE i.status = 'alive'
), severe AS (
  SELECT
    p.person_id,
    MIN(d.level) AS disability_level
  FROM placed AS p
  JOIN disability AS d
    ON d.person_id = p.person_id
  WHERE d.status = 'valid'
    AND d.level <> ''
    AND STRPOS('|' || p.severe_levels || '|', '|' || d.level || '|') > 0
    AND (d.valid_to IS NULL OR d.valid_to >= p.as_of)
  GROUP BY p.person_id
), spent AS (
  SELECT
    p.person_id,
    SUM(m.amount) AS medical_cost
  FROM placed AS p
  JOIN medical_insurance AS m
    ON m.person_id = p.person_id
  WHERE m.settle_date > p.window_from
    AND m.settle_date <= p.as_of
  GROUP BY p.person_id
), candidate AS (
  SELECT
    p.person_id,
    p.village_code,
    p.area_code,
    p.window_from,
    p.as_of,
    d.disability_level,
    COALESCE(m.medical_cost, 0) AS medical_cost,
    CASE WHEN d.person_id IS NULL THEN '' ELSE ',disability' END
      || CASE WHEN m.medical_cost >= p.min_cost THEN ',medical_cost' ELSE '' END AS reason
  FROM placed AS p
  LEFT JOIN severe AS d
    ON d.person_id = p.person_id
  LEFT JOIN spent AS m
    ON m.person_id = p.person_id
)
SELECT
  c.person_id,
  c.area_code,
  c.village_code,
  SUBSTRING(c.reason, 2) AS reason,
  c.medical_cost,
  c.disability_level,
  'blue' AS grade
FROM candidate AS c
WHERE c.reason <> ''
  AND NOT EXISTS (
    SELECT 1
    FROM low_income AS l
    WHERE l.person_id = c.person_id
      AND (l.from_date IS NULL OR l.from_date <= c.as_of)
      AND (l.to_date IS NULL OR l.to_date >= c.as_of)
  )
  AND NOT EXISTS (
    SELECT 1
    FROM subsidy_payment AS s
    WHERE s.person_id = c.person_id
      AND s.pay_date > c.window_from
      AND s.pay_date <= c.as_of
  )
