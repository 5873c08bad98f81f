WITH used AS (
  SELECT
    s.seal_use_id,
    s.village_code,
    q.area_code,
    s.beneficiary_id,
    s.keeper_id,
    NULLIF(a.approver_id, '') AS approver_id,
    s.purpose,
    s.use_time,
    CAST(s.use_time AS DATE) AS use_date,
    q.max_degree,
    q.min_conf
  FROM seal_use AS s
  LEFT JOIN village_approval AS a
    ON a.approval_id = s.approval_id
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE s.beneficiary_id <> ''
), tie AS (
  -- the beneficiary as a relative, of the keeper or of the approver
  SELECT
    u.beneficiary_id,
    u.seal_use_id,
    CASE WHEN n.person_id = u.keeper_id THEN 1 ELSE 0 END AS of_keeper,
    CASE WHEN n.person_id = u.approver_id THEN 1 ELSE 0 END AS of_approver,
    0 AS approver_of,
    n.min_tier
  FROM used AS u
  JOIN relative_of AS n
    ON n.relative_id = u.beneficiary_id
  WHERE (n.person_id = u.keeper_id OR n.person_id = u.approver_id)
    AND n.degree <= u.max_degree
    AND n.confidence >= u.min_conf
    AND (n.from_date IS NULL OR n.from_date <= u.use_date)
    AND (n.to_date IS NULL OR n.to_date >= u.use_date)
  UNION ALL
  -- the approver as a relative of the beneficiary
  SELECT
    u.beneficiary_id,
    u.seal_use_id,
    0 AS of_keeper,
    0 AS of_approver,
    1 AS approver_of,
    CAST(NULL AS VARCHAR) AS min_tier
  FROM used AS u
  JOIN relative_of AS n
    ON n.person_id = u.beneficiary_id
  WHERE n.relative_id = u.approver_id
    AND n.degree <= u.max_degree
    AND n.confidence >= u.min_conf
    AND (n.from_date IS NULL OR n.from_date <= u.use_date)
    AND (n.to_date IS NULL OR n.to_date >= u.use_date)
), kin AS (
  SELECT
    t.beneficiary_id,
    t.seal_use_id,
    MAX(t.of_keeper) AS of_keeper,
    MAX(t.of_approver) AS of_approver,
    MAX(t.approver_of) AS approver_of,
    MIN(t.min_tier) AS min_tier
  FROM tie AS t
  GROUP BY t.beneficiary_id, t.seal_use_id
), concerned AS (
  SELECT
    u.beneficiary_id,
    COALESCE(NULLIF(u.keeper_id, ''), 'unknown') AS keeper_id,
    u.village_code,
    u.area_code,
    u.approver_id,
    u.purpose,
    u.use_date,
    CASE WHEN u.beneficiary_id = u.keeper_id OR u.beneficiary_id = u.approver_id THEN NULL ELSE k.min_tier END AS min_tier,
    ROW_NUMBER() OVER (
      PARTITION BY u.beneficiary_id, COALESCE(NULLIF(u.keeper_id, ''), 'unknown')
      ORDER BY u.use_date DESC, u.village_code, u.use_time DESC, u.seal_use_id DESC
    ) AS latest
  FROM used AS u
  LEFT JOIN kin AS k
    ON k.beneficiary_id = u.beneficiary_id
   AND k.seal_use_id = u.seal_use_id
  WHERE (u.beneficiary_id = u.keeper_id OR u.beneficiary_id = u.approver_id OR k.of_keeper = 1 OR k.of_approver = 1)
    AND NOT COALESCE(
      u.approver_id <> u.keeper_id
      AND u.approver_id <> u.beneficiary_id
      AND COALESCE(k.approver_of, 0) = 0,
      FALSE
    )
), purpose AS (
  SELECT
    p.beneficiary_id,
    p.keeper_id,
    STRING_AGG(p.purpose, ',' ORDER BY p.purpose) AS purposes
  FROM (
    SELECT DISTINCT
      c.beneficiary_id,
      c.keeper_id,
      c.purpose
    FROM concerned AS c
    WHERE c.purpose <> ''
  ) AS p
  GROUP BY p.beneficiary_id, p.keeper_id
)
SELECT
  c.beneficiary_id,
  c.keeper_id,
  MAX(CASE WHEN c.latest = 1 THEN c.village_code END) AS village_code,
  MAX(CASE WHEN c.latest = 1 THEN c.area_code END) AS area_code,
  COUNT(*) AS uses,
  MAX(p.purposes) AS purposes,
  MAX(CASE WHEN c.latest = 1 THEN c.approver_id END) AS approver_id,
  MIN(c.use_date) AS first_use_date,
  MAX(c.use_date) AS last_use_date,
  MAX(c.min_tier) AS identity_tier,
  'yellow' AS grade
FROM concerned AS c
LEFT JOIN purpose AS p
  ON p.beneficiary_id = c.beneficiary_id
 AND p.keeper_id = c.keeper_id
GROUP BY c.beneficiary_id, c.keeper_id
