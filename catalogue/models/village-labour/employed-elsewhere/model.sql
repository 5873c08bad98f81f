-- 1900-01-01 was a Monday: the first five days of a week counted from it are working days
WITH placed AS (
  SELECT
    l.record_id,
    l.village_code,
    l.person_id,
    l.work_date,
    l.amount,
    q.area_code,
    q.min_conflict_days
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.person_id <> ''
    AND l.village_code <> ''
    AND MOD(DATE_DIFF('day', CAST('1900-01-01' AS DATE), l.work_date), 7) < 5
), elsewhere AS (
  SELECT
    p.record_id,
    p.village_code,
    p.person_id,
    'site_attendance' AS evidence
  FROM placed AS p
  JOIN site_attendance AS s
    ON s.person_id = p.person_id
   AND CAST(s.check_time AS DATE) = p.work_date
  UNION ALL
  SELECT
    p.record_id,
    p.village_code,
    p.person_id,
    'public_employee' AS evidence
  FROM placed AS p
  JOIN public_employee AS e
    ON e.person_id = p.person_id
  WHERE (e.from_date IS NULL OR e.from_date <= p.work_date)
    AND (e.to_date IS NULL OR e.to_date >= p.work_date)
), conflict AS (
  SELECT
    e.record_id,
    e.village_code,
    e.person_id,
    MIN(e.evidence) AS first_evidence,
    MAX(e.evidence) AS last_evidence
  FROM elsewhere AS e
  GROUP BY e.record_id, e.village_code, e.person_id
)
SELECT
  p.person_id,
  p.village_code,
  p.area_code,
  COUNT(DISTINCT p.work_date) AS conflict_days,
  COALESCE(SUM(p.amount), 0) AS amount_total,
  MIN(p.work_date) AS first_work_date,
  MAX(p.work_date) AS last_work_date,
  CASE
    WHEN MIN(c.first_evidence) = MAX(c.last_evidence) THEN MIN(c.first_evidence)
    ELSE MIN(c.first_evidence) || ',' || MAX(c.last_evidence)
  END AS evidence,
  'yellow' AS grade
FROM placed AS p
JOIN conflict AS c
  ON c.person_id = p.person_id
 AND c.village_code = p.village_code
 AND c.record_id = p.record_id
GROUP BY p.person_id, p.village_code, p.area_code, p.min_conflict_days
HAVING COUNT(DISTINCT p.work_date) >= p.min_conflict_days
