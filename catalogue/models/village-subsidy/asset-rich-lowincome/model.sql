WITH supported AS (
  SELECT
    l.person_id,
    l.household_id,
    l.village_code,
    COALESCE(own.area_code, r.root_area) AS area_code
  FROM low_income AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  WHERE (l.from_date IS NULL OR l.from_date <= r.as_of)
    AND (l.to_date IS NULL OR l.to_date >= r.as_of)
), living AS (
  SELECT
    m.household_id,
    m.person_id
  FROM household_member AS m
  CROSS JOIN run AS r
  WHERE (m.from_date IS NULL OR m.from_date <= r.as_of)
    AND (m.to_date IS NULL OR m.to_date >= r.as_of)
    AND m.household_id <> ''
), beneficiary AS (
  SELECT
    s.household_id,
    s.person_id,
    s.village_code,
    s.area_code
  FROM supported AS s
  WHERE s.household_id <> ''
  UNION ALL
  -- without a household on the row: the smallest one the person lives in
  SELECT
    m.household_id,
    m.person_id,
    s.village_code,
    s.area_code
  FROM supported AS s
  JOIN living AS m
    ON m.person_id = s.person_id
  WHERE (s.household_id IS NULL OR s.household_id = '')
    AND NOT EXISTS (
      SELECT 1
      FROM living AS x
      WHERE x.person_id = m.person_id
        AND x.household_id < m.household_id
    )
), concerned AS (
  SELECT
    b.household_id,
    MIN(NULLIF(b.village_code, '')) AS village_code,
    MIN(b.area_code) AS area_code
  FROM beneficiary AS b
  GROUP BY b.household_id
), member AS (
  SELECT DISTINCT
    u.household_id,
    u.person_id
  FROM (
    SELECT
      c.household_id,
      m.person_id
    FROM concerned AS c
    JOIN living AS m
      ON m.household_id = c.household_id
    UNION ALL
    SELECT
      b.household_id,
      b.person_id
    FROM beneficiary AS b
  ) AS u
), ruled AS (
  SELECT
    c.household_id,
    q.car_min,
    q.house_usages,
    q.cap_min,
    q.min_ratio
  FROM concerned AS c
  JOIN param AS q
    ON q.area_code = c.area_code
), item AS (
  SELECT
    m.household_id,
    'car' AS sign,
    v.plate_no AS item
  FROM member AS m
  JOIN ruled AS u
    ON u.household_id = m.household_id
  JOIN vehicle AS v
    ON v.owner_id = m.person_id
  CROSS JOIN run AS r
  WHERE v.price >= u.car_min
    AND v.reg_date <= r.as_of
    AND (v.end_date IS NULL OR v.end_date > r.as_of)
    AND (v.vehicle_type IS NULL OR v.vehicle_type <> 'disabled')
  UNION ALL
  SELECT
    m.household_id,
    'house' AS sign,
    e.property_no AS item
  FROM member AS m
  JOIN ruled AS u
    ON u.household_id = m.household_id
  JOIN real_estate AS e
    ON e.owner_id = m.person_id
  CROSS JOIN run AS r
  WHERE e.usage <> ''
    AND STRPOS('|' || u.house_usages || '|', '|' || e.usage || '|') > 0
    AND (e.reg_date IS NULL OR e.reg_date <= r.as_of)
  UNION ALL
  SELECT
    m.household_id,
    'company' AS sign,
    h.company_id AS item
  FROM member AS m
  JOIN ruled AS u
    ON u.household_id = m.household_id
  JOIN shareholder AS h
    ON h.holder_id = m.person_id
  JOIN company AS c
    ON c.company_id = h.company_id
  CROSS JOIN run AS r
  WHERE h.ratio >= u.min_ratio
    AND (h.from_date IS NULL OR h.from_date <= r.as_of)
    AND (h.to_date IS NULL OR h.to_date >= r.as_of)
    AND c.status = 'active'
    AND c.reg_capital >= u.cap_min
), counted AS (
  SELECT
    i.household_id,
    COUNT(DISTINCT CASE WHEN i.sign = 'car' THEN i.item END) AS cars,
    COUNT(DISTINCT CASE WHEN i.sign = 'house' THEN i.item END) AS houses,
    COUNT(DISTINCT CASE WHEN i.sign = 'company' THEN i.item END) AS companies
  FROM item AS i
  GROUP BY i.household_id
), signed AS (
  SELECT
    n.household_id,
    c.village_code,
    c.area_code,
    n.cars,
    n.houses,
    n.companies,
    q.red_signs,
    CASE WHEN n.cars > 0 THEN 1 ELSE 0 END
      + CASE WHEN n.companies > 0 THEN 1 ELSE 0 END
      + CASE WHEN n.houses >= q.house_min THEN 1 ELSE 0 END AS signs,
    CASE WHEN n.cars > 0 THEN ',car' ELSE '' END
      || CASE WHEN n.companies > 0 THEN ',company' ELSE '' END
      || CASE WHEN n.houses >= q.house_min THEN ',house' ELSE '' END AS sign_list
  FROM counted AS n
  JOIN concerned AS c
    ON c.household_id = n.household_id
  JOIN param AS q
    ON q.area_code = c.area_code
)
SELECT
  g.household_id,
  g.village_code,
  g.area_code,
  g.signs,
  SUBSTRING(g.sign_list, 2) AS sign_list,
  g.cars,
  g.houses,
  g.companies,
  CASE WHEN g.signs >= g.red_signs THEN 'red' ELSE 'yellow' END AS grade
FROM signed AS g
WHERE g.signs >= 1
