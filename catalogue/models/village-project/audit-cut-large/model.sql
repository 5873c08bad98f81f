WITH cut AS (
  SELECT
    p.project_id,
    p.village_code,
    NULLIF(p.site_supervisor_id, '') AS site_supervisor_id,
    p.settle_amount,
    p.audit_amount,
    q.area_code,
    q.repeat
  FROM village_project AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.project_id <> ''
    AND p.settle_amount > 0
    AND p.settle_amount - p.audit_amount >= q.cut_ratio * CAST(p.settle_amount AS DECIMAL(19, 2))
), counted AS (
  SELECT
    c.project_id,
    c.village_code,
    c.area_code,
    c.site_supervisor_id,
    c.settle_amount,
    c.audit_amount,
    c.repeat,
    -- where village or supervisor is unknown nothing can be compared
    CASE
      WHEN c.site_supervisor_id IS NULL OR c.village_code IS NULL THEN 1
      ELSE COUNT(*) OVER (PARTITION BY c.village_code, c.site_supervisor_id)
    END AS projects_over
  FROM cut AS c
)
SELECT
  c.project_id,
  c.village_code,
  c.area_code,
  c.site_supervisor_id,
  c.settle_amount,
  c.audit_amount,
  CAST((c.settle_amount - c.audit_amount) / c.settle_amount AS DECIMAL(18, 6)) AS cut,
  c.projects_over,
  CASE WHEN c.projects_over >= c.repeat THEN 'yellow' ELSE 'blue' END AS grade
FROM counted AS c
