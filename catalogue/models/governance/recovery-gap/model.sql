-- in a village a recovery counts only where the village's account shows money coming in at that time
WITH decided AS (
  SELECT
    a.alert_id,
    a.org_id,
    a.amount_involved,
    a.area_code AS matter_area,
    CAST(a.reviewed_time AS DATE) AS reviewed_date,
    CASE WHEN a.area_code NOT LIKE '%000' THEN TRUE ELSE FALSE END AS of_village,
    q.area_code,
    q.min_gap,
    q.match_days,
    r.as_of
  FROM alert AS a
  LEFT JOIN param AS own
    ON own.area_code = a.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.result = 'true'
    AND a.alert_id <> ''
    AND a.amount_involved > 0
    AND CAST(CAST(a.reviewed_time AS DATE) + q.days * INTERVAL '1' DAY AS DATE) < r.as_of
), action AS (
  SELECT
    k.alert_id,
    d.action_id,
    d.amount,
    d.action_date,
    k.matter_area,
    k.of_village,
    k.match_days,
    k.as_of
  FROM decided AS k
  JOIN disposal_action AS d
    ON d.alert_id = k.alert_id
  WHERE d.action_type = 'recover'
    AND d.action_date <= k.as_of
), supported AS (
  SELECT
    c.alert_id,
    c.action_id,
    c.amount AS action_amount,
    t.txn_id,
    t.amount AS txn_amount
  FROM action AS c
  JOIN village_bank_txn AS t
    ON t.village_code = c.matter_area
  WHERE c.of_village
    AND t.direction = 'in'
    AND t.amount >= c.amount
    AND CAST(t.txn_time AS DATE) >= CAST(c.action_date - c.match_days * INTERVAL '1' DAY AS DATE)
    AND CAST(t.txn_time AS DATE) <= CAST(c.action_date + c.match_days * INTERVAL '1' DAY AS DATE)
    AND CAST(t.txn_time AS DATE) <= c.as_of
), claimed AS (
  SELECT
    k.alert_id,
    SUM(k.action_amount) AS amount
  FROM (
    SELECT DISTINCT
      s.alert_id,
      s.action_id,
      s.action_amount
    FROM supported AS s
  ) AS k
  GROUP BY k.alert_id
), arrived AS (
  SELECT
    k.alert_id,
    SUM(k.txn_amount) AS amount
  FROM (
    SELECT DISTINCT
      s.alert_id,
      s.txn_id,
      s.txn_amount
    FROM supported AS s
  ) AS k
  GROUP BY k.alert_id
), recovery AS (
  SELECT
    c.alert_id,
    LEAST(c.amount, a.amount) AS amount
  FROM claimed AS c
  JOIN arrived AS a
    ON a.alert_id = c.alert_id
  UNION ALL
  SELECT
    c.alert_id,
    SUM(c.amount) AS amount
  FROM action AS c
  WHERE NOT c.of_village
  GROUP BY c.alert_id
), gap AS (
  SELECT
    k.alert_id,
    k.org_id,
    k.area_code,
    k.amount_involved,
    CAST(COALESCE(v.amount, 0) AS DECIMAL(18, 2)) AS recovered,
    CAST(k.amount_involved - COALESCE(v.amount, 0) AS DECIMAL(18, 2)) AS gap,
    DATE_DIFF('day', k.reviewed_date, k.as_of) AS days_since_review,
    k.min_gap
  FROM decided AS k
  LEFT JOIN recovery AS v
    ON v.alert_id = k.alert_id
)
SELECT
  g.alert_id,
  g.org_id,
  g.area_code,
  g.amount_involved,
  g.recovered,
  g.gap,
  g.days_since_review,
  'yellow' AS grade
FROM gap AS g
WHERE g.gap >= g.min_gap
