-- one listing is shown for each bidder of a section: the one that began closest before the bid
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH listing AS (
  SELECT l.subject_id, l.list_type, l.in_date, l.out_date
  FROM credit_list AS l
  UNION ALL
  SELECT e.subject_id, e.list_type, e.in_date, e.out_date
  FROM enforcement AS e
  UNION ALL
  SELECT a.company_id AS subject_id, a.list_type, a.in_date, a.out_date
  FROM company_abnormal AS a
), answerable AS (
  -- few are listed: who answers for them is looked up from there
  SELECT l.subject_id AS company_id, l.subject_id, l.list_type, l.in_date, l.out_date
  FROM listing AS l
  UNION ALL
  SELECT c.company_id, l.subject_id, l.list_type, l.in_date, l.out_date
  FROM listing AS l
  JOIN company AS c
    ON c.legal_rep_id = l.subject_id
  WHERE c.legal_rep_id <> ''
), offer AS (
  SELECT
    b.section_id,
    b.bidder_id,
    b.submit_time,
    a.subject_id,
    a.list_type,
    a.in_date
  FROM answerable AS a
  JOIN bid AS b
    ON b.bidder_id = a.company_id
  WHERE b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.section_id <> ''
    AND b.bidder_id <> ''
    AND a.in_date <= CAST(b.submit_time AS DATE)
    AND (a.out_date IS NULL OR a.out_date > CAST(b.submit_time AS DATE))
), placed AS (
  SELECT
    o.section_id,
    o.bidder_id,
    o.submit_time,
    o.subject_id,
    o.list_type,
    o.in_date,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM offer AS o
  LEFT JOIN tender_section AS s
    ON s.section_id = o.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), hit_list AS (
  SELECT
    p.section_id,
    p.bidder_id,
    p.submit_time,
    p.area_code,
    p.subject_id,
    p.list_type,
    p.in_date,
    ROW_NUMBER() OVER (
      PARTITION BY p.section_id, p.bidder_id
      ORDER BY DATE_DIFF('day', p.in_date, CAST(p.submit_time AS DATE)), p.submit_time DESC, p.subject_id, p.list_type
    ) AS place
  FROM placed AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  WHERE STRPOS('|' || q.lists || '|', '|' || p.list_type || '|') > 0
)
SELECT
  h.section_id,
  h.bidder_id,
  h.subject_id,
  h.list_type,
  h.in_date,
  h.submit_time,
  h.area_code,
  'red' AS grade
FROM hit_list AS h
WHERE h.place = 1
