-- rejected bids were received too; a second bid of the same tenderer is not a second tenderer
WITH received AS (
  SELECT
    b.section_id,
    t.tender_id,
    t.method,
    t.owner_org_id,
    q.area_code,
    COUNT(*) AS bids,
    COUNT(DISTINCT COALESCE(NULLIF(b.bidder_id, ''), b.bid_id)) AS tenderers,
    MIN(NULLIF(b.bidder_id, '')) AS bidder_id
  FROM bid AS b
  JOIN tender_section AS s
    ON s.section_id = b.section_id
  JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.section_id <> ''
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND (t.status IS NULL OR t.status <> 'cancelled')
    AND (q.methods = '' OR STRPOS('|' || q.methods || '|', '|' || NULLIF(t.method, '') || '|') > 0)
  GROUP BY b.section_id, t.tender_id, t.method, t.owner_org_id, q.area_code
)
SELECT
  c.section_id,
  c.area_code,
  c.tender_id,
  c.owner_org_id,
  c.method,
  c.bids,
  c.bidder_id,
  a.winner_id,
  'blue' AS grade
FROM received AS c
LEFT JOIN award AS a
  ON a.section_id = c.section_id
WHERE c.tenderers = 1
