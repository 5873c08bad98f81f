-- engines count a distance in bytes or in characters: each character of two names is put into the same ASCII character first
WITH placed AS (
  SELECT
    p.project_id,
    p.village_code,
    TRIM(p.name) AS name,
    TRIM(p.location) AS location,
    p.budget,
    p.fund_source,
    COALESCE(p.start_date, p.sign_date) AS begin_date,
    q.area_code,
    q.name_sim,
    q.window_years
  FROM village_project AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE TRIM(p.name) <> ''
    AND TRIM(p.location) <> ''
    AND p.fund_source <> ''
    AND COALESCE(p.start_date, p.sign_date) IS NOT NULL
), pair AS (
  SELECT
    a.project_id AS project_id_a,
    b.project_id AS project_id_b,
    a.village_code,
    a.area_code,
    a.name AS name_a,
    b.name AS name_b,
    a.name || TRANSLATE(b.name, a.name, '') AS letters,
    GREATEST(LENGTH(a.name), LENGTH(b.name)) AS longest,
    COALESCE(a.budget, 0) + COALESCE(b.budget, 0) AS budget_total,
    LEAST(a.fund_source, b.fund_source) || ',' || GREATEST(a.fund_source, b.fund_source) AS fund_sources,
    a.name_sim
  FROM placed AS a
  JOIN placed AS b
    ON b.village_code = a.village_code
   AND b.location = a.location
  WHERE a.project_id < b.project_id
    AND a.village_code <> ''
    AND a.fund_source <> b.fund_source
    AND CAST(LEAST(a.begin_date, b.begin_date) + a.window_years * INTERVAL '1' YEAR AS DATE) >= GREATEST(a.begin_date, b.begin_date)
), compared AS (
  SELECT
    p.project_id_a,
    p.project_id_b,
    p.village_code,
    p.area_code,
    p.longest,
    CASE
      WHEN p.name_a = p.name_b THEN 0
      -- two long names of more characters than there are to put them into are compared for equality alone
      WHEN LENGTH(p.letters) <= 90 THEN LEVENSHTEIN(
        TRANSLATE(p.name_a, p.letters, '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ !#$%&()*+,-./:;<=>?@[]^_`{|}'),
        TRANSLATE(p.name_b, p.letters, '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ !#$%&()*+,-./:;<=>?@[]^_`{|}')
      )
    END AS distance,
    p.budget_total,
    p.fund_sources,
    p.name_sim
  FROM pair AS p
)
SELECT
  c.project_id_a,
  c.project_id_b,
  c.village_code,
  c.area_code,
  CAST((c.longest - c.distance) / c.longest AS DECIMAL(18, 6)) AS similarity,
  c.budget_total,
  c.fund_sources,
  'red' AS grade
FROM compared AS c
WHERE c.longest - c.distance >= c.name_sim * c.longest
