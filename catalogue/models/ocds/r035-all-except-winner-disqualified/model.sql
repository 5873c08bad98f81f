-- pending bids are neither valid nor disqualified; a tenderer with a valid bid is not counted among the disqualified
WITH judged AS (
  SELECT
    b.section_id,
    b.bidder_id,
    a.winner_id,
    a.award_price,
    q.area_code,
    q.threshold,
    MAX(CASE WHEN b.valid THEN 1 ELSE 0 END) AS is_valid,
    MAX(CASE WHEN NOT b.valid THEN 1 ELSE 0 END) AS is_disqualified
  FROM bid AS b
  JOIN award AS a
    ON a.section_id = b.section_id
  LEFT JOIN tender_section AS s
    ON s.section_id = b.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.section_id <> ''
    AND b.bidder_id <> ''
    AND a.winner_id <> ''
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND (t.status IS NULL OR t.status <> 'cancelled')
  GROUP BY b.section_id, b.bidder_id, a.winner_id, a.award_price, q.area_code, q.threshold
)
SELECT
  j.section_id,
  j.area_code,
  j.winner_id,
  j.award_price,
  SUM(CASE WHEN j.is_valid = 0 AND j.is_disqualified = 1 THEN 1 ELSE 0 END) AS disqualified,
  COUNT(*) AS tenderers,
  'yellow' AS grade
FROM judged AS j
GROUP BY j.section_id, j.area_code, j.winner_id, j.award_price, j.threshold
HAVING SUM(j.is_valid) = 1
   AND SUM(CASE WHEN j.is_valid = 1 AND j.bidder_id = j.winner_id THEN 1 ELSE 0 END) = 1
   AND SUM(CASE WHEN j.is_valid = 0 AND j.is_disqualified = 1 THEN 1 ELSE 0 END) >= j.threshold
