-- terms of the same person, place and post that overlap or follow each other day by day become one
WITH term AS (
  SELECT
    o.person_id,
    o.village_code,
    o.org_id,
    o.position,
    o.category,
    o.duty_scope,
    o.from_date,
    o.to_date,
    MAX(COALESCE(o.to_date, CAST('9999-12-30' AS DATE))) OVER (
      PARTITION BY o.person_id, o.village_code, o.org_id, o.position, o.category, o.duty_scope
      ORDER BY COALESCE(o.from_date, CAST('0001-01-01' AS DATE)), COALESCE(o.to_date, CAST('9999-12-30' AS DATE))
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached
  FROM official AS o
), marked AS (
  SELECT
    t.person_id,
    t.village_code,
    t.org_id,
    t.position,
    t.category,
    t.duty_scope,
    t.from_date,
    t.to_date,
    SUM(CASE WHEN t.reached IS NULL OR t.from_date > CAST(t.reached + INTERVAL '1' DAY AS DATE) THEN 1 ELSE 0 END) OVER (
      PARTITION BY t.person_id, t.village_code, t.org_id, t.position, t.category, t.duty_scope
      ORDER BY COALESCE(t.from_date, CAST('0001-01-01' AS DATE)), COALESCE(t.to_date, CAST('9999-12-30' AS DATE))
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS island
  FROM term AS t
)
SELECT
  m.person_id,
  m.village_code,
  m.org_id,
  m.position,
  m.category,
  m.duty_scope,
  CASE WHEN COUNT(*) > COUNT(m.from_date) THEN NULL ELSE MIN(m.from_date) END AS from_date,
  CASE WHEN COUNT(*) > COUNT(m.to_date) THEN NULL ELSE MAX(m.to_date) END AS to_date
FROM marked AS m
GROUP BY m.person_id, m.village_code, m.org_id, m.position, m.category, m.duty_scope, m.island
