WITH paid AS (
  SELECT
    p.account_no,
    p.pay_id,
    p.person_id,
    p.pay_date,
    p.amount,
    NULLIF(p.village_code, '') AS village_code,
    q.area_code
  FROM subsidy_payment AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.account_no <> ''
    AND p.pay_date <= r.as_of
    AND p.pay_date > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
), several AS (
  SELECT
    p.account_no
  FROM paid AS p
  GROUP BY p.account_no
  HAVING MIN(p.person_id) <> MAX(p.person_id)
), home AS (
  SELECT
    p.account_no,
    p.person_id,
    MIN(m.household_id) AS household_id
  FROM several AS s
  JOIN paid AS p
    ON p.account_no = s.account_no
  JOIN household_member AS m
    ON m.person_id = p.person_id
  CROSS JOIN run AS r
  WHERE (m.from_date IS NULL OR m.from_date <= r.as_of)
    AND (m.to_date IS NULL OR m.to_date >= r.as_of)
  GROUP BY p.account_no, p.person_id
), inside AS (
  SELECT
    p.account_no,
    p.pay_date,
    p.amount,
    p.village_code,
    p.area_code,
    NULLIF(p.person_id, '') AS person_id,
    COALESCE('h' || m.household_id, 'p' || NULLIF(p.person_id, '')) AS household,
    NULLIF(b.owner_id, '') AS owner_id,
    ROW_NUMBER() OVER (PARTITION BY p.account_no ORDER BY p.pay_date DESC, p.area_code, p.pay_id) AS latest
  FROM several AS s
  JOIN paid AS p
    ON p.account_no = s.account_no
  LEFT JOIN home AS m
    ON m.account_no = p.account_no
   AND m.person_id = p.person_id
  LEFT JOIN bank_account AS b
    ON b.account_no = p.account_no
), pooled AS (
  SELECT
    i.account_no,
    i.owner_id,
    MAX(CASE WHEN i.latest = 1 THEN i.area_code END) AS area_code,
    COUNT(DISTINCT i.person_id) AS persons,
    COUNT(DISTINCT i.household) AS households,
    COUNT(DISTINCT CASE WHEN i.owner_id IS NULL OR i.owner_id <> i.person_id THEN i.person_id END) AS others,
    COALESCE(SUM(i.amount), 0) AS amount_total,
    MAX(i.pay_date) AS last_pay_date
  FROM inside AS i
  GROUP BY i.account_no, i.owner_id
), chosen AS (
  SELECT
    p.account_no,
    i.village_code,
    p.area_code,
    p.owner_id,
    p.persons,
    p.households,
    p.amount_total,
    p.last_pay_date,
    q.max_degree,
    q.min_conf,
    r.as_of
  FROM pooled AS p
  JOIN inside AS i
    ON i.account_no = p.account_no
   AND i.latest = 1
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE p.persons >= q.min_persons
    AND p.others >= q.min_persons
    AND p.households >= 2
), official AS (
  SELECT
    c.account_no,
    c.owner_id,
    c.max_degree,
    c.min_conf,
    c.as_of,
    o.person_id
  FROM chosen AS c
  JOIN subsidy_payment AS p
    ON p.account_no = c.account_no
   AND p.village_code = c.village_code
  JOIN in_office AS o
    ON o.village_code = p.village_code
  WHERE (o.from_date IS NULL OR o.from_date <= c.as_of)
    AND (o.to_date IS NULL OR o.to_date >= c.as_of)
), cadre AS (
  SELECT
    o.account_no
  FROM official AS o
  WHERE o.person_id = o.owner_id
  UNION ALL
  SELECT
    o.account_no
  FROM official AS o
  JOIN relative_of AS k
    ON k.person_id = o.person_id
   AND k.relative_id = o.owner_id
  WHERE (k.from_date IS NULL OR k.from_date <= o.as_of)
    AND (k.to_date IS NULL OR k.to_date >= o.as_of)
    AND k.degree <= o.max_degree
    AND k.confidence >= o.min_conf
), known AS (
  SELECT DISTINCT
    d.account_no
  FROM cadre AS d
)
SELECT
  c.account_no,
  c.village_code,
  c.area_code,
  c.persons,
  c.households,
  c.owner_id,
  CASE WHEN d.account_no IS NULL THEN FALSE ELSE TRUE END AS owner_is_cadre,
  c.amount_total,
  c.last_pay_date,
  'red' AS grade
FROM chosen AS c
LEFT JOIN known AS d
  ON d.account_no = c.account_no
