-- grades as numbers, the highest first: special 1, then 1, 2, 3; a grade outside the scale only satisfies itself
-- a bid is known by section, bidder and time; where the time is null no row is in force, and nothing clears the bidder
WITH asked AS (
  SELECT
    s.section_id,
    s.qual_category,
    NULLIF(s.qual_grade, '') AS required_grade,
    CASE s.qual_grade WHEN 'special' THEN 1 WHEN '1' THEN 2 WHEN '2' THEN 3 WHEN '3' THEN 4 END AS required_place,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM tender_section AS s
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE s.qual_category <> ''
    AND (t.status IS NULL OR t.status <> 'cancelled')
), held AS (
  SELECT
    w.company_id,
    w.qual_category,
    w.qual_grade,
    CASE w.qual_grade WHEN 'special' THEN 1 WHEN '1' THEN 2 WHEN '2' THEN 3 WHEN '3' THEN 4 END AS place,
    w.valid_from,
    w.valid_to
  FROM qualification AS w
  WHERE w.status = 'valid'
    AND w.company_id <> ''
), unmet AS (
  -- most hold what is asked for: what else the others hold is looked up afterwards
  SELECT
    b.section_id,
    b.bidder_id,
    b.submit_time,
    a.qual_category,
    a.required_grade,
    a.area_code
  FROM bid AS b
  JOIN asked AS a
    ON a.section_id = b.section_id
  LEFT JOIN held AS h
    ON h.company_id = b.bidder_id
   AND h.qual_category = a.qual_category
   AND (h.valid_from IS NULL OR h.valid_from <= CAST(b.submit_time AS DATE))
   AND (h.valid_to IS NULL OR h.valid_to >= CAST(b.submit_time AS DATE))
   AND b.submit_time IS NOT NULL
   AND (a.required_grade IS NULL OR h.place <= a.required_place OR h.qual_grade = a.required_grade)
  WHERE b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.bidder_id <> ''
    AND h.company_id IS NULL
)
SELECT
  u.section_id,
  u.bidder_id,
  u.qual_category,
  u.required_grade,
  CASE MIN(h.place)
    WHEN 1 THEN 'special'
    WHEN 2 THEN '1'
    WHEN 3 THEN '2'
    WHEN 4 THEN '3'
  END AS best_grade,
  MAX(u.submit_time) AS submit_time,
  u.area_code,
  'red' AS grade
FROM unmet AS u
LEFT JOIN held AS h
  ON h.company_id = u.bidder_id
 AND h.qual_category = u.qual_category
 AND (h.valid_from IS NULL OR h.valid_from <= CAST(u.submit_time AS DATE))
 AND (h.valid_to IS NULL OR h.valid_to >= CAST(u.submit_time AS DATE))
 AND u.submit_time IS NOT NULL
GROUP BY u.section_id, u.bidder_id, u.qual_category, u.required_grade, u.area_code
