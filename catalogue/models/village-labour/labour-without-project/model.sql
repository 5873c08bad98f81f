WITH paid AS (
  SELECT
    l.record_id,
    l.village_code,
    NULLIF(l.matter_id, '') AS matter_id,
    l.pay_date,
    l.amount,
    q.area_code,
    q.min_total
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.village_code <> ''
    AND l.pay_date IS NOT NULL
), approved AS (
  SELECT DISTINCT
    l.village_code,
    l.record_id
  FROM village_labour AS l
  JOIN village_approval AS a
    ON a.matter_id = l.matter_id
  WHERE l.matter_id <> ''
    AND a.matter_type IN ('labour', 'project')
    AND a.result = 'pass'
    AND CAST(a.approve_time AS DATE) <= l.pay_date
)
SELECT
  p.village_code,
  STRFTIME(p.pay_date, '%Y-%m') AS month,
  p.area_code,
  COUNT(*) AS records,
  SUM(p.amount) AS amount_total,
  SUM(CASE WHEN p.matter_id IS NULL THEN 1 ELSE 0 END) AS without_matter,
  'yellow' AS grade
FROM paid AS p
LEFT JOIN approved AS a
  ON a.village_code = p.village_code
 AND a.record_id = p.record_id
WHERE a.record_id IS NULL
GROUP BY p.village_code, STRFTIME(p.pay_date, '%Y-%m'), p.area_code, p.min_total
HAVING SUM(p.amount) >= p.min_total
