WITH listed AS (
  SELECT l.subject_id, l.list_type, l.in_date, l.out_date
  FROM credit_list AS l
  UNION ALL
  SELECT e.subject_id, e.list_type, e.in_date, e.out_date
  FROM enforcement AS e
  UNION ALL
  SELECT a.company_id AS subject_id, a.list_type, a.in_date, a.out_date
  FROM company_abnormal AS a
  UNION ALL
  -- a judgment that has not taken effect says nothing about anybody
  SELECT j.subject_id, 'criminal_judgment' AS list_type, j.effective_date AS in_date, CAST(NULL AS DATE) AS out_date
  FROM criminal_judgment AS j
  WHERE j.effective_date IS NOT NULL
)
SELECT DISTINCT
  l.subject_id,
  l.list_type,
  l.in_date,
  l.out_date
FROM listed AS l
