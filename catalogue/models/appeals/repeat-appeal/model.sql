WITH filed AS (
  SELECT
    a.village_code,
    a.category,
    COALESCE(a.target_person_id, 'none') AS target_person_id,
    a.appeal_id,
    CAST(NULL AS VARCHAR) AS petition_id,
    a.person_id,
    CASE WHEN a.anonymous AND a.person_id IS NULL THEN a.appeal_id END AS nameless,
    a.matter_id,
    CAST(a.filed_time AS DATE) AS filed_date
  FROM appeal AS a
  UNION ALL
  SELECT
    p.area_code AS village_code,
    p.category,
    COALESCE(p.target_id, 'none') AS target_person_id,
    CAST(NULL AS VARCHAR) AS appeal_id,
    p.petition_id,
    p.person_id,
    CAST(NULL AS VARCHAR) AS nameless,
    CAST(NULL AS VARCHAR) AS matter_id,
    p.filed_date
  FROM petition AS p
  WHERE NOT ENDS_WITH(p.area_code, '000')
), recent AS (
  SELECT
    f.village_code,
    f.category,
    f.target_person_id,
    f.appeal_id,
    f.petition_id,
    f.person_id,
    f.nameless,
    f.matter_id,
    f.filed_date,
    q.area_code
  FROM filed AS f
  LEFT JOIN param AS own
    ON own.area_code = f.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE f.filed_date > CAST(r.as_of - q.window_days * INTERVAL '1' DAY AS DATE)
    AND f.filed_date <= r.as_of
    AND f.village_code <> ''
    AND f.category <> ''
), matter AS (
  SELECT
    m.village_code,
    m.category,
    m.target_person_id,
    STRING_AGG(m.matter_id, ',' ORDER BY m.matter_id) AS matter_ids
  FROM (
    SELECT DISTINCT f.village_code, f.category, f.target_person_id, f.matter_id
    FROM recent AS f
    WHERE f.matter_id <> ''
  ) AS m
  GROUP BY m.village_code, m.category, m.target_person_id
), grouped AS (
  SELECT
    f.village_code,
    f.category,
    f.target_person_id,
    f.area_code,
    COUNT(DISTINCT f.person_id) + COUNT(DISTINCT f.nameless) AS persons,
    COUNT(DISTINCT f.person_id) AS identified,
    COUNT(DISTINCT f.appeal_id) AS appeals,
    COUNT(DISTINCT f.petition_id) AS petitions,
    MIN(f.filed_date) AS first_filed_date,
    MAX(f.filed_date) AS last_filed_date
  FROM recent AS f
  GROUP BY f.village_code, f.category, f.target_person_id, f.area_code
)
SELECT
  g.village_code,
  g.category,
  g.target_person_id,
  g.area_code,
  g.persons,
  g.identified,
  g.appeals,
  g.petitions,
  m.matter_ids,
  g.first_filed_date,
  g.last_filed_date,
  CASE
    WHEN g.identified >= q.red_persons
     AND DATE_DIFF('day', g.first_filed_date, g.last_filed_date) >= q.min_span_days THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM grouped AS g
LEFT JOIN matter AS m
  ON m.village_code = g.village_code
 AND m.category = g.category
 AND m.target_person_id = g.target_person_id
JOIN param AS q
  ON q.area_code = g.area_code
WHERE g.persons >= q.min_persons
