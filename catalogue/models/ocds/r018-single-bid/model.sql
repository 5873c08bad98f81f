-- rejected bids were received too; a second bid of the same tenderer is not a second tenderer
WITH received AS (
  -- one tenderer: the first and the last by name are the same; few are, and only these need to be placed
  SELECT
    b.section_id,
    COUNT(*) AS bids,
    MIN(NULLIF(b.bidder_id, '')) AS bidder_id
  FROM bid AS b
  WHERE b.section_id <> ''
    AND NOT COALESCE(b.withdrawn, FALSE)
  GROUP BY b.section_id
  HAVING MIN(COALESCE(NULLIF(b.bidder_id, ''), b.bid_id)) = MAX(COALESCE(NULLIF(b.bidder_id, ''), b.bid_id))
)
SELECT
  c.section_id,
  q.area_code,
  t.tender_id,
  t.owner_org_id,
  t.method,
  c.bids,
  c.bidder_id,
  a.winner_id,
  'blue' AS grade
FROM received AS c
JOIN tender_section AS s
  ON s.section_id = c.section_id
JOIN tender AS t
  ON t.tender_id = s.tender_id
LEFT JOIN param AS own
  ON own.area_code = t.area_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
LEFT JOIN award AS a
  ON a.section_id = c.section_id
WHERE (t.status IS NULL OR t.status <> 'cancelled')
  AND (q.methods = '' OR STRPOS('|' || q.methods || '|', '|' || NULLIF(t.method, '') || '|') > 0)
