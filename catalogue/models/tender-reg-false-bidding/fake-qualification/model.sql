-- grades as numbers, the highest first: special 1, then 1, 2, 3; a grade outside the scale only satisfies itself
-- a bid is known by section, bidder and time; where the time is null no row is in force, and nothing clears the bidder
WITH demand AS (
  SELECT
    b.section_id,
    b.bidder_id,
    b.submit_time,
    CAST(b.submit_time AS DATE) AS bid_date,
    s.qual_category,
    NULLIF(s.qual_grade, '') AS required_grade,
    CASE s.qual_grade WHEN 'special' THEN 1 WHEN '1' THEN 2 WHEN '2' THEN 3 WHEN '3' THEN 4 END AS required_place,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM bid AS b
  JOIN tender_section AS s
    ON s.section_id = b.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.bidder_id <> ''
    AND s.qual_category <> ''
    AND (t.status IS NULL OR t.status <> 'cancelled')
), held AS (
  SELECT
    d.section_id,
    d.bidder_id,
    d.submit_time,
    w.qual_grade,
    CASE w.qual_grade WHEN 'special' THEN 1 WHEN '1' THEN 2 WHEN '2' THEN 3 WHEN '3' THEN 4 END AS place,
    d.required_grade,
    d.required_place
  FROM demand AS d
  JOIN qualification AS w
    ON w.company_id = d.bidder_id
   AND w.qual_category = d.qual_category
  WHERE w.status = 'valid'
    AND d.bid_date IS NOT NULL
    AND (w.valid_from IS NULL OR w.valid_from <= d.bid_date)
    AND (w.valid_to IS NULL OR w.valid_to >= d.bid_date)
), best AS (
  SELECT
    h.section_id,
    h.bidder_id,
    h.submit_time,
    MIN(h.place) AS place,
    MAX(CASE WHEN h.required_grade IS NULL OR h.place <= h.required_place OR h.qual_grade = h.required_grade THEN 1 ELSE 0 END) AS enough
  FROM held AS h
  GROUP BY h.section_id, h.bidder_id, h.submit_time
)
SELECT
  d.section_id,
  d.bidder_id,
  d.qual_category,
  d.required_grade,
  CASE MIN(b.place) WHEN 1 THEN 'special' WHEN 2 THEN '1' WHEN 3 THEN '2' WHEN 4 THEN '3' END AS best_grade,
  MAX(d.submit_time) AS submit_time,
  d.area_code,
  'red' AS grade
FROM demand AS d
LEFT JOIN best AS b
  ON b.section_id = d.section_id
 AND b.bidder_id = d.bidder_id
 AND b.submit_time = d.submit_time
WHERE COALESCE(b.enough, 0) = 0
GROUP BY d.section_id, d.bidder_id, d.qual_category, d.required_grade, d.area_code
