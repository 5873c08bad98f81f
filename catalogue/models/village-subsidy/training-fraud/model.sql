-- the whole group is tested with the area of its smallest trainee
WITH row_area AS (
  SELECT
    t.training_org_id,
    t.course,
    t.record_id,
    t.person_id,
    t.from_date,
    t.to_date,
    t.amount,
    COALESCE(own.area_code, r.root_area) AS area_code,
    ROW_NUMBER() OVER (PARTITION BY t.training_org_id, t.course ORDER BY NULLIF(t.person_id, ''), t.record_id) AS smallest
  FROM training_subsidy AS t
  LEFT JOIN person AS i
    ON i.person_id = t.person_id
  LEFT JOIN param AS own
    ON own.area_code = i.hukou_village_code
  CROSS JOIN run AS r
  WHERE t.training_org_id <> ''
    AND t.course <> ''
), trained AS (
  SELECT
    t.training_org_id,
    t.course,
    t.record_id,
    t.person_id,
    t.from_date,
    t.to_date,
    t.amount,
    q.area_code,
    q.min_conflict_days,
    q.red_persons,
    q.max_degree,
    q.min_conf,
    q.min_ratio
  FROM row_area AS t
  JOIN row_area AS s
    ON s.training_org_id = t.training_org_id
   AND s.course = t.course
   AND s.smallest = 1
  JOIN param AS q
    ON q.area_code = s.area_code
), held AS (
  -- days of one custody that an earlier one has not covered yet
  SELECT
    t.training_org_id,
    t.record_id,
    t.min_conflict_days,
    GREATEST(c.custody_from, t.from_date) AS first_day,
    LEAST(COALESCE(c.custody_to, t.to_date), t.to_date) AS last_day,
    MAX(LEAST(COALESCE(c.custody_to, t.to_date), t.to_date)) OVER (
      PARTITION BY t.training_org_id, t.record_id
      ORDER BY c.custody_from, COALESCE(c.custody_to, t.to_date)
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS reached
  FROM trained AS t
  JOIN custody AS c
    ON c.person_id = t.person_id
  WHERE c.custody_from <= t.to_date
    AND t.from_date IS NOT NULL
    AND (c.custody_to IS NULL OR c.custody_to >= t.from_date)
), struck AS (
  SELECT
    t.training_org_id,
    t.record_id,
    'death' AS reason
  FROM trained AS t
  JOIN death_record AS d
    ON d.person_id = t.person_id
  WHERE d.death_date < t.from_date
  UNION ALL
  SELECT
    h.training_org_id,
    h.record_id,
    'custody' AS reason
  FROM held AS h
  GROUP BY h.training_org_id, h.record_id, h.min_conflict_days
  HAVING SUM(
    CASE
      WHEN h.reached >= h.last_day THEN 0
      WHEN h.reached >= h.first_day THEN DATE_DIFF('day', h.reached, h.last_day)
      ELSE DATE_DIFF('day', h.first_day, h.last_day) + 1
    END
  ) >= h.min_conflict_days
  UNION ALL
  SELECT
    t.training_org_id,
    t.record_id,
    'attendance' AS reason
  FROM trained AS t
  JOIN site_attendance AS s
    ON s.person_id = t.person_id
  WHERE CAST(s.check_time AS DATE) >= t.from_date
    AND CAST(s.check_time AS DATE) <= t.to_date
  GROUP BY t.training_org_id, t.record_id, t.min_conflict_days
  HAVING COUNT(DISTINCT CAST(s.check_time AS DATE)) >= t.min_conflict_days
  UNION ALL
  SELECT DISTINCT
    t.training_org_id,
    t.record_id,
    'overlap' AS reason
  FROM trained AS t
  JOIN training_subsidy AS o
    ON o.person_id = t.person_id
   AND o.record_id <> t.record_id
  WHERE o.from_date IS NOT NULL
    AND o.to_date IS NOT NULL
    AND t.from_date IS NOT NULL
    AND t.to_date IS NOT NULL
    AND t.person_id <> ''
    AND DATE_DIFF('day', GREATEST(t.from_date, o.from_date), LEAST(t.to_date, o.to_date)) + 1 >= t.min_conflict_days
), controller AS (
  SELECT
    t.training_org_id,
    t.record_id,
    t.from_date,
    t.max_degree,
    t.min_conf,
    c.person_id
  FROM trained AS t
  JOIN controls AS c
    ON c.company_id = t.training_org_id
  WHERE c.depth <= 2
    AND t.from_date IS NOT NULL
    AND (c.share IS NULL OR c.share >= t.min_ratio)
    AND (c.from_date IS NULL OR c.from_date <= t.from_date)
    AND (c.to_date IS NULL OR c.to_date >= t.from_date)
), tie AS (
  SELECT
    c.training_org_id,
    c.record_id,
    o.person_id AS official_id,
    0 AS degree,
    'T1' AS min_tier
  FROM controller AS c
  JOIN in_office AS o
    ON o.person_id = c.person_id
  WHERE (o.from_date IS NULL OR o.from_date <= c.from_date)
    AND (o.to_date IS NULL OR o.to_date >= c.from_date)
  UNION ALL
  SELECT
    c.training_org_id,
    c.record_id,
    o.person_id AS official_id,
    k.degree,
    k.min_tier
  FROM controller AS c
  JOIN relative_of AS k
    ON k.relative_id = c.person_id
  JOIN in_office AS o
    ON o.person_id = k.person_id
  WHERE (k.from_date IS NULL OR k.from_date <= c.from_date)
    AND (k.to_date IS NULL OR k.to_date >= c.from_date)
    AND k.degree <= c.max_degree
    AND k.confidence >= c.min_conf
    AND (o.from_date IS NULL OR o.from_date <= c.from_date)
    AND (o.to_date IS NULL OR o.to_date >= c.from_date)
), nearest AS (
  SELECT
    t.training_org_id,
    t.course,
    k.official_id,
    k.min_tier
  FROM trained AS t
  JOIN tie AS k
    ON k.training_org_id = t.training_org_id
   AND k.record_id = t.record_id
  QUALIFY ROW_NUMBER() OVER (PARTITION BY t.training_org_id, t.course ORDER BY k.degree, k.official_id) = 1
), reason AS (
  SELECT
    s.training_org_id,
    s.record_id,
    s.reason
  FROM struck AS s
  UNION ALL
  SELECT DISTINCT
    k.training_org_id,
    k.record_id,
    'linked' AS reason
  FROM tie AS k
), reasons AS (
  SELECT
    t.training_org_id,
    t.course,
    STRING_AGG(DISTINCT x.reason, ',' ORDER BY x.reason) AS reasons
  FROM trained AS t
  JOIN reason AS x
    ON x.training_org_id = t.training_org_id
   AND x.record_id = t.record_id
  GROUP BY t.training_org_id, t.course
), matched AS (
  SELECT DISTINCT
    t.training_org_id,
    t.course,
    t.record_id,
    t.person_id,
    t.from_date,
    t.to_date,
    t.amount,
    t.area_code,
    t.red_persons
  FROM trained AS t
  JOIN reason AS x
    ON x.training_org_id = t.training_org_id
   AND x.record_id = t.record_id
), summed AS (
  SELECT
    m.training_org_id,
    m.course,
    m.area_code,
    m.red_persons,
    COUNT(DISTINCT NULLIF(m.person_id, '')) AS persons,
    COALESCE(SUM(m.amount), 0) AS amount_total,
    MIN(m.from_date) AS first_from_date,
    MAX(m.to_date) AS last_to_date
  FROM matched AS m
  GROUP BY m.training_org_id, m.course, m.area_code, m.red_persons
)
SELECT
  m.training_org_id,
  m.course,
  m.area_code,
  m.persons,
  m.amount_total,
  x.reasons,
  n.official_id,
  m.first_from_date,
  m.last_to_date,
  CASE WHEN m.persons >= m.red_persons THEN NULL ELSE n.min_tier END AS identity_tier,
  CASE WHEN m.persons >= m.red_persons OR n.official_id IS NOT NULL THEN 'red' ELSE 'yellow' END AS grade
FROM summed AS m
JOIN reasons AS x
  ON x.training_org_id = m.training_org_id
 AND x.course = m.course
LEFT JOIN nearest AS n
  ON n.training_org_id = m.training_org_id
 AND n.course = m.course
