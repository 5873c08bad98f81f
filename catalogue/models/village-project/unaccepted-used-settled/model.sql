WITH seen AS (
  SELECT
    p.project_id,
    p.village_code,
    q.area_code,
    p.planned_end,
    p.settle_amount,
    p.audit_amount,
    NULLIF(p.acceptor_id, '') AS acceptor_id,
    NULLIF(p.site_supervisor_id, '') AS site_supervisor_id,
    CASE WHEN p.accept_date <= r.as_of THEN p.accept_date END AS accept_date,
    CASE WHEN CAST(p.planned_end + q.max_delay_days * INTERVAL '1' DAY AS DATE) < r.as_of THEN DATE_DIFF('day', p.planned_end, r.as_of) END AS days_late
  FROM village_project AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.project_id <> ''
), tested AS (
  SELECT
    s.project_id,
    s.village_code,
    s.area_code,
    s.acceptor_id,
    s.settle_amount,
    CASE WHEN s.accept_date IS NULL THEN s.days_late END AS days_late,
    CONCAT_WS(
      ',',
      CASE WHEN s.settle_amount IS NOT NULL AND s.accept_date IS NULL THEN 'a' END,
      CASE WHEN s.audit_amount IS NOT NULL AND s.accept_date IS NULL THEN 'b' END,
      CASE WHEN s.days_late IS NOT NULL AND s.accept_date IS NULL THEN 'c' END,
      CASE WHEN s.acceptor_id = s.site_supervisor_id THEN 'd' END
    ) AS reasons
  FROM seen AS s
)
SELECT
  t.project_id,
  t.village_code,
  t.area_code,
  t.acceptor_id,
  t.reasons,
  t.days_late,
  t.settle_amount,
  'yellow' AS grade
FROM tested AS t
WHERE t.reasons <> ''
