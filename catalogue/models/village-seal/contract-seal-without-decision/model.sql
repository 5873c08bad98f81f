WITH used AS (
  SELECT
    s.seal_use_id,
    s.matter_id,
    s.village_code,
    q.area_code,
    CAST(s.use_time AS DATE) AS use_date,
    c.total_amount,
    ROW_NUMBER() OVER (PARTITION BY s.matter_id ORDER BY s.use_time, s.village_code, s.seal_use_id) AS place,
    ROW_NUMBER() OVER (PARTITION BY s.matter_id ORDER BY CAST(s.use_time AS DATE) DESC, s.village_code, s.seal_use_id) AS latest,
    q.quorum,
    q.majority
  FROM seal_use AS s
  JOIN village_contract AS c
    ON c.contract_id = s.matter_id
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE s.matter_id <> ''
    AND s.matter_type = 'contract'
    AND (c.status IS NULL OR c.status <> 'void')
    AND c.total_amount >= q."limit"
), voted AS (
  SELECT
    u.matter_id,
    MIN(d.step_date) AS vote_date,
    MAX(CASE WHEN d.step_date <= u.use_date THEN 1 ELSE 0 END) AS in_time
  FROM used AS u
  JOIN village_decision AS d
    ON d.matter_id = u.matter_id
  WHERE u.place = 1
    AND d.step = 'vote'
    AND d.eligible > 0
    AND d.attended > 0
    AND d.attended >= u.quorum * d.eligible
    AND d.votes_for > u.majority * d.attended
  GROUP BY u.matter_id
), sealed AS (
  SELECT
    u.matter_id,
    MAX(CASE WHEN u.latest = 1 THEN u.village_code END) AS village_code,
    MAX(CASE WHEN u.latest = 1 THEN u.area_code END) AS area_code,
    MAX(u.total_amount) AS contract_total,
    MIN(u.use_date) AS first_use_date,
    COUNT(*) AS uses
  FROM used AS u
  GROUP BY u.matter_id
)
SELECT
  s.matter_id,
  s.village_code,
  s.area_code,
  s.contract_total,
  s.first_use_date,
  s.uses,
  v.vote_date,
  'red' AS grade
FROM sealed AS s
LEFT JOIN voted AS v
  ON v.matter_id = s.matter_id
WHERE COALESCE(v.in_time, 0) = 0
