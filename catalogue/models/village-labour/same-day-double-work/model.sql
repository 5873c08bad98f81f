-- a date is tested with the least area of its rows, the month with the least area of the dates in conflict
WITH placed AS (
  SELECT
    l.record_id,
    l.person_id,
    l.village_code,
    l.work_date,
    STRFTIME(l.work_date, '%Y-%m') AS month,
    l.days,
    l.amount,
    COALESCE(own.area_code, r.root_area) AS area_code
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  WHERE l.person_id <> ''
    AND l.work_date IS NOT NULL
), booked AS (
  SELECT
    p.person_id,
    p.month,
    p.work_date,
    SUM(p.days) AS days,
    MIN(p.area_code) AS area_code
  FROM placed AS p
  GROUP BY p.person_id, p.month, p.work_date
), month_total AS (
  SELECT
    b.person_id,
    b.month,
    SUM(b.days) AS days_in_month
  FROM booked AS b
  GROUP BY b.person_id, b.month
), conflict AS (
  SELECT
    b.person_id,
    b.month,
    b.work_date
  FROM booked AS b
  JOIN param AS q
    ON q.area_code = b.area_code
  WHERE b.days > q.max_days
), matched AS (
  SELECT
    p.person_id,
    p.month,
    COUNT(DISTINCT p.work_date) AS conflict_days,
    COUNT(DISTINCT NULLIF(p.village_code, '')) AS villages,
    COUNT(*) AS records,
    COALESCE(SUM(p.amount), 0) AS amount_total,
    EXTRACT(DAY FROM LAST_DAY(MIN(p.work_date))) AS calendar_days,
    MIN(p.area_code) AS area_code
  FROM placed AS p
  JOIN conflict AS c
    ON c.person_id = p.person_id
   AND c.work_date = p.work_date
  GROUP BY p.person_id, p.month
)
SELECT
  m.person_id,
  m.month,
  m.area_code,
  m.conflict_days,
  t.days_in_month,
  m.villages,
  m.records,
  m.amount_total,
  CASE WHEN t.days_in_month > m.calendar_days THEN 'red' ELSE 'yellow' END AS grade
FROM matched AS m
JOIN month_total AS t
  ON t.person_id = m.person_id
 AND t.month = m.month
