-- each pay day of an account opens a window; the one with the largest sum is shown
WITH paid AS (
  SELECT
    l.record_id,
    l.village_code,
    l.account_no,
    l.person_id,
    l.pay_date,
    l.amount,
    q.area_code,
    q.min_persons,
    q.window_days,
    q.max_degree,
    q.min_conf
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.village_code <> ''
    AND l.account_no <> ''
    AND l.pay_date IS NOT NULL
), shared AS (
  SELECT
    p.village_code,
    p.account_no
  FROM paid AS p
  GROUP BY p.village_code, p.account_no, p.min_persons
  HAVING COUNT(DISTINCT NULLIF(p.person_id, '')) >= p.min_persons
), inside AS (
  SELECT
    s.village_code,
    s.account_no,
    s.start_date,
    p.record_id,
    p.person_id,
    p.pay_date,
    p.amount,
    NULLIF(b.owner_id, '') AS owner_id,
    p.area_code,
    p.min_persons,
    p.max_degree,
    p.min_conf
  FROM (
    SELECT DISTINCT
      d.village_code,
      d.account_no,
      d.pay_date AS start_date
    FROM paid AS d
    JOIN shared AS a
      ON a.village_code = d.village_code
     AND a.account_no = d.account_no
  ) AS s
  JOIN paid AS p
    ON p.village_code = s.village_code
   AND p.account_no = s.account_no
   AND p.pay_date >= s.start_date
   AND p.pay_date < CAST(s.start_date + p.window_days * INTERVAL '1' DAY AS DATE)
  LEFT JOIN bank_account AS b
    ON b.account_no = s.account_no
), home AS (
  SELECT
    i.village_code,
    i.account_no,
    i.start_date,
    i.person_id,
    MIN(m.household_id) AS household_id
  FROM inside AS i
  JOIN household_member AS m
    ON m.person_id = i.person_id
  WHERE (m.from_date IS NULL OR m.from_date <= i.start_date)
    AND (m.to_date IS NULL OR m.to_date >= i.start_date)
  GROUP BY i.village_code, i.account_no, i.start_date, i.person_id
), pooled AS (
  SELECT
    i.village_code,
    i.account_no,
    i.start_date,
    i.owner_id,
    i.area_code,
    i.max_degree,
    i.min_conf,
    COUNT(DISTINCT NULLIF(i.person_id, '')) AS persons,
    COALESCE(SUM(i.amount), 0) AS amount_total,
    MAX(i.pay_date) AS last_pay_date
  FROM inside AS i
  LEFT JOIN home AS m
    ON m.village_code = i.village_code
   AND m.account_no = i.account_no
   AND m.start_date = i.start_date
   AND m.person_id = i.person_id
  GROUP BY i.village_code, i.account_no, i.start_date, i.owner_id, i.area_code, i.min_persons, i.max_degree, i.min_conf
  HAVING COUNT(DISTINCT NULLIF(i.person_id, '')) >= i.min_persons
    AND COUNT(DISTINCT COALESCE('h' || m.household_id, 'p' || NULLIF(i.person_id, ''))) >= 2
    AND COUNT(DISTINCT CASE WHEN i.owner_id IS NULL OR i.owner_id <> i.person_id THEN NULLIF(i.person_id, '') END) >= i.min_persons
), chosen AS (
  SELECT
    p.village_code,
    p.account_no,
    p.start_date,
    p.owner_id,
    p.area_code,
    p.max_degree,
    p.min_conf,
    p.persons,
    p.amount_total,
    p.last_pay_date
  FROM pooled AS p
  QUALIFY ROW_NUMBER() OVER (PARTITION BY p.village_code, p.account_no ORDER BY p.amount_total DESC, p.start_date) = 1
), official AS (
  SELECT
    c.village_code,
    c.account_no,
    c.start_date,
    c.owner_id,
    c.max_degree,
    c.min_conf,
    o.person_id
  FROM chosen AS c
  JOIN in_office AS o
    ON o.village_code = c.village_code
  WHERE (o.from_date IS NULL OR o.from_date <= c.start_date)
    AND (o.to_date IS NULL OR o.to_date >= c.start_date)
), cadre AS (
  SELECT
    o.village_code,
    o.account_no
  FROM official AS o
  WHERE o.person_id = o.owner_id
  UNION ALL
  SELECT
    o.village_code,
    o.account_no
  FROM official AS o
  JOIN relative_of AS k
    ON k.person_id = o.person_id
   AND k.relative_id = o.owner_id
  WHERE (k.from_date IS NULL OR k.from_date <= o.start_date)
    AND (k.to_date IS NULL OR k.to_date >= o.start_date)
    AND k.degree <= o.max_degree
    AND k.confidence >= o.min_conf
)
SELECT
  c.village_code,
  c.account_no,
  c.area_code,
  c.persons,
  c.owner_id,
  CASE WHEN COUNT(d.account_no) > 0 THEN TRUE ELSE FALSE END AS owner_is_cadre,
  c.amount_total,
  c.start_date AS first_pay_date,
  c.last_pay_date,
  'red' AS grade
FROM chosen AS c
LEFT JOIN cadre AS d
  ON d.village_code = c.village_code
 AND d.account_no = c.account_no
GROUP BY c.village_code, c.account_no, c.area_code, c.persons, c.owner_id, c.amount_total, c.start_date, c.last_pay_date
