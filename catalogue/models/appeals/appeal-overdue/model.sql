WITH filed AS (
  SELECT
    a.appeal_id,
    a.village_code,
    a.category,
    a.assigned_org_id,
    CAST(a.filed_time AS DATE) AS filed_date,
    CAST(a.due_time AS DATE) AS set_date,
    CASE WHEN CAST(a.accepted_time AS DATE) <= r.as_of THEN CAST(a.accepted_time AS DATE) END AS accepted_date,
    CASE WHEN CAST(a.done_time AS DATE) <= r.as_of THEN CAST(a.done_time AS DATE) END AS done_date,
    q.area_code,
    q.accept_days,
    q.handle_days,
    r.as_of
  FROM appeal AS a
  LEFT JOIN param AS own
    ON own.area_code = a.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE CAST(a.filed_time AS DATE) <= r.as_of
), dated AS (
  SELECT
    f.appeal_id,
    f.village_code,
    f.area_code,
    f.category,
    f.assigned_org_id,
    f.filed_date,
    f.accepted_date,
    f.done_date,
    f.handle_days,
    f.as_of,
    DATE_DIFF('day', f.filed_date, COALESCE(f.accepted_date, f.done_date, f.as_of)) - f.accept_days AS accept_late,
    COALESCE(f.set_date, CAST(f.filed_date + f.handle_days * INTERVAL '1' DAY AS DATE)) AS due_date
  FROM filed AS f
), aged AS (
  SELECT
    d.appeal_id,
    d.village_code,
    d.area_code,
    d.category,
    d.assigned_org_id,
    d.due_date,
    d.accept_late,
    DATE_DIFF('day', d.due_date, COALESCE(d.done_date, d.as_of)) AS handle_late,
    DATE_DIFF('day', d.filed_date, d.as_of) AS days_filed,
    CASE WHEN d.accepted_date IS NULL AND d.done_date IS NULL THEN TRUE ELSE FALSE END AS untouched,
    d.handle_days
  FROM dated AS d
)
SELECT
  g.appeal_id,
  g.village_code,
  g.area_code,
  g.category,
  g.assigned_org_id,
  CASE WHEN g.accept_late > 0 AND (g.handle_late <= 0 OR g.untouched) THEN 'accept' ELSE 'handle' END AS stage,
  GREATEST(g.accept_late, g.handle_late) AS days_overdue,
  g.due_date,
  CASE
    WHEN g.untouched AND g.days_filed > g.handle_days THEN 'red'
    WHEN GREATEST(g.accept_late, g.handle_late) > g.handle_days THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM aged AS g
WHERE g.accept_late > 0
   OR g.handle_late > 0
