-- pending bids are neither valid nor disqualified; a tenderer with a valid bid is not counted among the disqualified
WITH rejected AS (
  -- the least threshold is one: where no bid was disqualified nothing needs to be compared
  SELECT DISTINCT b.section_id
  FROM bid AS b
  WHERE NOT b.valid
    AND b.section_id <> ''
    AND b.bidder_id <> ''
    AND NOT COALESCE(b.withdrawn, FALSE)
), left_alone AS (
  -- one valid tenderer: the first and the last by name are the same; few sections are left to be judged
  SELECT b.section_id
  FROM rejected AS d
  JOIN bid AS b
    ON b.section_id = d.section_id
  WHERE b.valid
    AND b.bidder_id <> ''
    AND NOT COALESCE(b.withdrawn, FALSE)
  GROUP BY b.section_id
  HAVING MIN(b.bidder_id) = MAX(b.bidder_id)
), judged AS (
  SELECT
    b.section_id,
    b.bidder_id,
    MAX(CASE WHEN b.valid THEN 1 ELSE 0 END) AS is_valid,
    MAX(CASE WHEN NOT b.valid THEN 1 ELSE 0 END) AS is_disqualified
  FROM left_alone AS l
  JOIN bid AS b
    ON b.section_id = l.section_id
  WHERE b.bidder_id <> ''
    AND NOT COALESCE(b.withdrawn, FALSE)
  GROUP BY b.section_id, b.bidder_id
), counted AS (
  SELECT
    j.section_id,
    MAX(CASE WHEN j.is_valid = 1 THEN j.bidder_id END) AS valid_id,
    SUM(CASE WHEN j.is_valid = 0 AND j.is_disqualified = 1 THEN 1 ELSE 0 END) AS disqualified,
    COUNT(*) AS tenderers
  FROM judged AS j
  GROUP BY j.section_id
)
SELECT
  c.section_id,
  q.area_code,
  a.winner_id,
  a.award_price,
  c.disqualified,
  c.tenderers,
  'yellow' AS grade
FROM counted AS c
JOIN award AS a
  ON a.section_id = c.section_id
 AND a.winner_id = c.valid_id
LEFT JOIN tender_section AS s
  ON s.section_id = c.section_id
LEFT JOIN tender AS t
  ON t.tender_id = s.tender_id
LEFT JOIN param AS own
  ON own.area_code = t.area_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE a.winner_id <> ''
  AND (t.status IS NULL OR t.status <> 'cancelled')
  AND c.disqualified >= q.threshold
