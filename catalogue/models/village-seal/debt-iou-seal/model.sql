WITH sealed AS (
  SELECT
    s.village_code,
    s.seal_use_id,
    s.matter_id,
    CAST(s.use_time AS DATE) AS use_date
  FROM seal_use AS s
  WHERE s.village_code <> ''
    AND s.matter_type IN ('loan', 'guarantee', 'iou')
), loan AS (
  SELECT
    l.village_code,
    l.loan_id,
    l.amount,
    l.loan_date,
    CAST(l.loan_date - q.window_days * INTERVAL '1' DAY AS DATE) AS uses_from,
    CAST(l.loan_date + q.window_days * INTERVAL '1' DAY AS DATE) AS uses_to
  FROM village_loan AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.village_code <> ''
    AND l.loan_id <> ''
), unsealed AS (
  SELECT
    l.village_code,
    l.loan_id,
    l.amount,
    l.loan_date
  FROM loan AS l
  WHERE NOT EXISTS (
      SELECT 1
      FROM seal_use AS s
      WHERE s.village_code = l.village_code
        AND s.matter_id = l.loan_id
    )
    AND NOT EXISTS (
      SELECT 1
      FROM sealed AS s
      WHERE s.village_code = l.village_code
        AND s.use_date >= l.uses_from
        AND s.use_date <= l.uses_to
    )
), act AS (
  SELECT
    s.village_code,
    COALESCE(NULLIF(s.matter_id, ''), s.seal_use_id) AS matter_id,
    'A' AS letter,
    1 AS uses,
    CAST(NULL AS DECIMAL(18, 2)) AS amount,
    s.use_date AS act_date
  FROM sealed AS s
  UNION ALL
  SELECT
    u.village_code,
    u.loan_id AS matter_id,
    'B' AS letter,
    0 AS uses,
    u.amount,
    u.loan_date AS act_date
  FROM unsealed AS u
), matter AS (
  SELECT
    a.village_code,
    a.matter_id,
    MIN(a.letter) AS first_letter,
    MAX(a.letter) AS last_letter,
    SUM(a.uses) AS uses,
    MAX(a.amount) AS amount,
    MIN(a.act_date) AS first_date,
    MAX(a.act_date) AS last_date
  FROM act AS a
  GROUP BY a.village_code, a.matter_id
), named AS (
  -- matters the register of seals names itself: only these have a loan and a vote of their own
  SELECT DISTINCT
    s.village_code,
    s.matter_id
  FROM sealed AS s
  WHERE s.matter_id <> ''
), lent AS (
  SELECT
    n.village_code,
    n.matter_id,
    l.amount
  FROM named AS n
  JOIN village_loan AS l
    ON l.loan_id = n.matter_id
), voted AS (
  SELECT DISTINCT
    n.village_code,
    n.matter_id
  FROM named AS n
  JOIN matter AS m
    ON m.village_code = n.village_code
   AND m.matter_id = n.matter_id
  JOIN village_decision AS d
    ON d.matter_id = n.matter_id
  LEFT JOIN param AS own
    ON own.area_code = n.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE d.step = 'vote'
    AND d.step_date <= m.first_date
    AND d.eligible > 0
    AND d.attended > 0
    AND d.attended >= q.quorum * d.eligible
    AND d.votes_for > q.majority * d.attended
)
SELECT
  m.village_code,
  m.matter_id,
  q.area_code,
  CASE WHEN m.first_letter = m.last_letter THEN m.first_letter ELSE 'A,B' END AS "case",
  CAST(m.uses AS BIGINT) AS uses,
  COALESCE(m.amount, l.amount) AS amount,
  m.first_date,
  m.last_date,
  CASE WHEN m.last_letter = 'B' OR v.matter_id IS NULL THEN 'red' ELSE 'yellow' END AS grade
FROM matter AS m
LEFT JOIN lent AS l
  ON l.village_code = m.village_code
 AND l.matter_id = m.matter_id
LEFT JOIN voted AS v
  ON v.village_code = m.village_code
 AND v.matter_id = m.matter_id
LEFT JOIN param AS own
  ON own.area_code = m.village_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE m.matter_id <> ''
