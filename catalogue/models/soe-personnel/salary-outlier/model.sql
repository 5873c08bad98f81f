WITH employed AS (
  SELECT
    e.person_id,
    e.company_id,
    e.position,
    e.hire_date,
    e.annual_pay,
    q.area_code,
    q.z,
    q.min_n,
    q.excess,
    q.max_degree,
    q.min_conf,
    r.as_of
  FROM soe_employee AS e
  LEFT JOIN company AS c
    ON c.company_id = e.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE e.person_id <> ''
    AND e.company_id <> ''
    AND e.hire_date <= r.as_of
    AND (e.leave_date IS NULL OR e.leave_date >= r.as_of)
), crowd AS (
  SELECT
    e.company_id,
    e.position,
    COUNT(DISTINCT e.person_id) AS persons,
    AVG(CAST(e.annual_pay AS DOUBLE)) AS mean,
    STDDEV_POP(CAST(e.annual_pay AS DOUBLE)) AS spread,
    MIN(e.annual_pay) AS lowest,
    MAX(e.annual_pay) AS highest
  FROM employed AS e
  WHERE e.annual_pay IS NOT NULL
  GROUP BY e.company_id, e.position
), scored AS (
  SELECT
    e.person_id,
    e.company_id,
    e.area_code,
    e.position,
    e.hire_date,
    e.annual_pay,
    e.z,
    CAST(g.mean AS DECIMAL(18, 2)) AS peer_mean,
    CASE WHEN g.persons >= e.min_n AND g.lowest < g.highest THEN CAST((e.annual_pay - g.mean) / g.spread AS DECIMAL(18, 6)) END AS z_score
  FROM employed AS e
  LEFT JOIN crowd AS g
    ON g.company_id = e.company_id
   AND g.position = e.position
), shown AS (
  SELECT
    s.person_id,
    s.company_id,
    s.area_code,
    s.position,
    s.annual_pay,
    s.peer_mean,
    s.z_score,
    s.z,
    ROW_NUMBER() OVER (
      PARTITION BY s.person_id, s.company_id
      ORDER BY CASE WHEN s.z_score IS NULL THEN 1 ELSE 0 END, s.z_score DESC, s.annual_pay DESC, s.position, s.hire_date
    ) AS place
  FROM scored AS s
), entered AS (
  SELECT
    e.person_id,
    e.company_id,
    MIN(e.hire_date) AS first_hire
  FROM soe_employee AS e
  GROUP BY e.person_id, e.company_id
), agreed AS (
  SELECT
    e.person_id,
    e.company_id,
    e.excess,
    SUM(e.annual_pay) AS pay,
    -- the first day of the last full year, and of the year after it
    CAST(DATE_TRUNC('year', CAST(e.as_of - INTERVAL '1' YEAR AS DATE)) AS DATE) AS year_begin,
    CAST(DATE_TRUNC('year', e.as_of) AS DATE) AS year_end
  FROM employed AS e
  GROUP BY e.person_id, e.company_id, e.excess, e.as_of
), taxed AS (
  SELECT
    a.person_id,
    a.company_id,
    SUM(t.income) AS income
  FROM agreed AS a
  JOIN personal_income_tax AS t
    ON t.person_id = a.person_id
   AND t.company_id = a.company_id
  WHERE t.month >= a.year_begin
    AND t.month < a.year_end
  GROUP BY a.person_id, a.company_id
), overpaid AS (
  SELECT
    a.person_id,
    a.company_id
  FROM agreed AS a
  JOIN entered AS n
    ON n.person_id = a.person_id
   AND n.company_id = a.company_id
  JOIN taxed AS t
    ON t.person_id = a.person_id
   AND t.company_id = a.company_id
  WHERE n.first_hire <= a.year_begin
    AND a.pay > 0
    AND t.income > (1 + a.excess) * a.pay
), kin AS (
  SELECT
    e.company_id,
    f.relative_id AS person_id,
    MAX(f.min_tier) AS min_tier
  FROM employed AS e
  JOIN relative_of AS f
    ON f.person_id = e.person_id
  WHERE e.position IN ('chief', 'deputy_chief')
    AND f.degree <= e.max_degree
    AND f.confidence >= e.min_conf
    AND (f.from_date IS NULL OR f.from_date <= e.as_of)
    AND (f.to_date IS NULL OR f.to_date >= e.as_of)
  GROUP BY e.company_id, f.relative_id
)
SELECT
  s.person_id,
  s.company_id,
  s.area_code,
  s.position,
  s.annual_pay,
  s.peer_mean,
  s.z_score,
  COALESCE(t.income, 0) AS taxed_income,
  CASE
    WHEN o.person_id IS NULL THEN 'outlier'
    WHEN s.z_score >= s.z THEN 'income,outlier'
    ELSE 'income'
  END AS reason,
  k.min_tier AS identity_tier,
  CASE WHEN k.person_id IS NULL THEN 'blue' ELSE 'yellow' END AS grade
FROM shown AS s
LEFT JOIN taxed AS t
  ON t.person_id = s.person_id
 AND t.company_id = s.company_id
LEFT JOIN overpaid AS o
  ON o.person_id = s.person_id
 AND o.company_id = s.company_id
LEFT JOIN kin AS k
  ON k.person_id = s.person_id
 AND k.company_id = s.company_id
WHERE s.place = 1
  AND (s.z_score >= s.z OR o.person_id IS NOT NULL)
