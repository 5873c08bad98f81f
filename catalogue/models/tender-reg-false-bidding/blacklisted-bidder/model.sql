-- one listing is shown for each bidder of a section: the one that began closest before the bid
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH offer AS (
  SELECT
    b.section_id,
    b.bidder_id,
    b.submit_time,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM bid AS b
  LEFT JOIN tender_section AS s
    ON s.section_id = b.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.section_id <> ''
    AND b.bidder_id <> ''
    AND (t.status IS NULL OR t.status <> 'cancelled')
), answerable AS (
  SELECT o.section_id, o.bidder_id, o.submit_time, o.area_code, o.bidder_id AS subject_id
  FROM offer AS o
  UNION ALL
  SELECT o.section_id, o.bidder_id, o.submit_time, o.area_code, c.legal_rep_id AS subject_id
  FROM offer AS o
  JOIN company AS c
    ON c.company_id = o.bidder_id
  WHERE c.legal_rep_id <> ''
), listing AS (
  SELECT l.subject_id, l.list_type, l.in_date, l.out_date
  FROM credit_list AS l
  UNION ALL
  SELECT e.subject_id, e.list_type, e.in_date, e.out_date
  FROM enforcement AS e
  UNION ALL
  SELECT a.company_id AS subject_id, a.list_type, a.in_date, a.out_date
  FROM company_abnormal AS a
), hit_list AS (
  SELECT
    a.section_id,
    a.bidder_id,
    a.submit_time,
    a.area_code,
    l.subject_id,
    l.list_type,
    l.in_date,
    ROW_NUMBER() OVER (
      PARTITION BY a.section_id, a.bidder_id
      ORDER BY DATE_DIFF('day', l.in_date, CAST(a.submit_time AS DATE)), a.submit_time DESC, l.subject_id, l.list_type
    ) AS place
  FROM answerable AS a
  JOIN param AS q
    ON q.area_code = a.area_code
  JOIN listing AS l
    ON l.subject_id = a.subject_id
  WHERE STRPOS('|' || q.lists || '|', '|' || l.list_type || '|') > 0
    AND l.in_date <= CAST(a.submit_time AS DATE)
    AND (l.out_date IS NULL OR l.out_date > CAST(a.submit_time AS DATE))
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
