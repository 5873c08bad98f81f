-- prices meet within one currency; where a bid of another state has the same lowest price, nothing is said
WITH spread AS (
  -- that a disqualified bid is the lowest is rare: these sections come first, and only they are placed
  SELECT
    b.section_id,
    COALESCE(NULLIF(b.currency, ''), 'CNY') AS currency,
    COUNT(*) AS bids,
    MIN(CASE WHEN NOT b.valid THEN b.price END) AS lowest_disqualified,
    MIN(CASE WHEN b.valid THEN b.price END) AS lowest_valid
  FROM bid AS b
  WHERE b.section_id <> ''
    AND b.price > 0
    AND NOT COALESCE(b.withdrawn, FALSE)
  GROUP BY b.section_id, COALESCE(NULLIF(b.currency, ''), 'CNY')
  HAVING MIN(CASE WHEN NOT b.valid THEN b.price END) < MIN(CASE WHEN b.valid THEN b.price END)
     AND (
       MIN(CASE WHEN b.valid IS NULL THEN b.price END) IS NULL
       OR MIN(CASE WHEN NOT b.valid THEN b.price END) < MIN(CASE WHEN b.valid IS NULL THEN b.price END)
     )
), lowest AS (
  SELECT
    p.section_id,
    p.currency,
    b.bidder_id,
    b.price,
    b.reject_reason,
    p.lowest_valid,
    p.bids,
    ROW_NUMBER() OVER (PARTITION BY p.section_id ORDER BY p.currency, b.bid_id) AS place
  FROM spread AS p
  JOIN bid AS b
    ON b.section_id = p.section_id
   AND b.price = p.lowest_disqualified
  WHERE NOT b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND COALESCE(NULLIF(b.currency, ''), 'CNY') = p.currency
)
SELECT
  w.section_id,
  q.area_code,
  w.currency,
  w.bidder_id,
  w.price,
  w.reject_reason,
  w.lowest_valid,
  a.winner_id,
  a.award_price,
  w.bids,
  'yellow' AS grade
FROM lowest AS w
JOIN award AS a
  ON a.section_id = w.section_id
LEFT JOIN tender_section AS s
  ON s.section_id = w.section_id
LEFT JOIN tender AS t
  ON t.tender_id = s.tender_id
LEFT JOIN param AS own
  ON own.area_code = t.area_code
CROSS JOIN run AS r
JOIN param AS q
  ON q.area_code = COALESCE(own.area_code, r.root_area)
WHERE w.place = 1
  AND a.winner_id <> ''
  AND (t.status IS NULL OR t.status <> 'cancelled')
  AND (t.eval_method IS NULL OR STRPOS('|' || q.other_evaluation || '|', '|' || t.eval_method || '|') = 0)
