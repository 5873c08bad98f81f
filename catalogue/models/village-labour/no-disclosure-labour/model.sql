-- a disclosure still shown after the day of the look has not ended yet
WITH paid AS (
  SELECT
    l.village_code,
    l.matter_id,
    q.area_code,
    q.min_days,
    q.raise_days,
    r.as_of,
    MIN(l.pay_date) AS first_pay_date,
    COALESCE(SUM(l.amount), 0) AS paid_total,
    COUNT(*) AS records
  FROM village_labour AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.village_code <> ''
    AND l.matter_id <> ''
    AND l.pay_date <= r.as_of
  GROUP BY l.village_code, l.matter_id, q.area_code, q.min_days, q.raise_days, r.as_of
), shown AS (
  SELECT
    p.village_code,
    p.matter_id,
    MIN(d.publish_date) AS best_publish_date,
    MAX(
      CASE
        WHEN d.publish_date <= p.first_pay_date
          AND DATE_DIFF('day', d.publish_date, CASE WHEN d.end_date <= p.as_of THEN d.end_date ELSE p.as_of END) >= p.min_days
        THEN 1
        ELSE 0
      END
    ) AS qualifies
  FROM paid AS p
  JOIN village_disclosure AS d
    ON d.village_code = p.village_code
   AND d.matter_id = p.matter_id
   AND d.matter_type = 'labour'
   AND d.publish_date <= p.as_of
  GROUP BY p.village_code, p.matter_id
)
SELECT
  p.village_code,
  p.matter_id,
  p.area_code,
  p.first_pay_date,
  p.paid_total,
  p.records,
  s.best_publish_date,
  CASE WHEN p.as_of > CAST(p.first_pay_date + p.raise_days * INTERVAL '1' DAY AS DATE) THEN 'yellow' ELSE 'blue' END AS grade
FROM paid AS p
LEFT JOIN shown AS s
  ON s.village_code = p.village_code
 AND s.matter_id = p.matter_id
WHERE COALESCE(s.qualifies, 0) = 0
