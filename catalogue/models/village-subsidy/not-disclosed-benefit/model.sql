-- a disclosure still shown after the day of the look has not ended yet
WITH paid AS (
  SELECT
    p.village_code,
    p.batch_no,
    q.area_code,
    q.min_days,
    q.raise_days,
    r.as_of,
    MIN(p.pay_date) AS first_pay_date,
    MIN(NULLIF(p.program_code, '')) AS program_code,
    COUNT(DISTINCT NULLIF(p.person_id, '')) AS persons,
    COALESCE(SUM(p.amount), 0) AS amount_total
  FROM subsidy_payment AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.village_code <> ''
    AND p.batch_no <> ''
    AND p.pay_date <= r.as_of
  GROUP BY p.village_code, p.batch_no, q.area_code, q.min_days, q.raise_days, r.as_of
), shown AS (
  SELECT
    p.village_code,
    p.batch_no,
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
   AND d.matter_id = p.batch_no
   AND d.matter_type = 'subsidy'
   AND d.publish_date <= p.as_of
  GROUP BY p.village_code, p.batch_no
)
SELECT
  p.village_code,
  p.batch_no,
  p.area_code,
  p.program_code,
  p.first_pay_date,
  p.persons,
  p.amount_total,
  CASE WHEN p.as_of > CAST(p.first_pay_date + p.raise_days * INTERVAL '1' DAY AS DATE) THEN 'yellow' ELSE 'blue' END AS grade
FROM paid AS p
LEFT JOIN shown AS s
  ON s.village_code = p.village_code
 AND s.batch_no = p.batch_no
WHERE COALESCE(s.qualifies, 0) = 0
