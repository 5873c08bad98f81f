WITH changed AS (
  SELECT
    x.project_id,
    SUM(x.amount) AS added,
    COUNT(*) - COUNT(NULLIF(x.approval_id, '')) AS unapproved_changes,
    MAX(x.change_date) AS last_change_date
  FROM village_project_change AS x
  WHERE x.amount > 0
  GROUP BY x.project_id
), grown AS (
  SELECT
    p.project_id,
    p.village_code,
    q.area_code,
    q.max_ratio,
    q.red_ratio,
    CAST(CASE WHEN p.contract_amount > 0 THEN p.contract_amount END AS DECIMAL(19, 2)) AS base,
    CAST(GREATEST(COALESCE(c.added, 0), p.settle_amount - p.contract_amount) AS DECIMAL(18, 2)) AS change_total,
    COALESCE(c.unapproved_changes, 0) AS unapproved_changes,
    c.last_change_date
  FROM village_project AS p
  LEFT JOIN changed AS c
    ON c.project_id = p.project_id
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.project_id <> ''
)
SELECT
  g.project_id,
  g.village_code,
  g.area_code,
  g.change_total,
  CAST(g.change_total / g.base AS DECIMAL(18, 6)) AS change_ratio,
  g.unapproved_changes,
  g.last_change_date,
  CASE
    WHEN g.unapproved_changes > 0 THEN 'red'
    WHEN g.change_total >= g.red_ratio * g.base THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM grown AS g
WHERE g.change_total > g.max_ratio * g.base
   OR g.unapproved_changes > 0
