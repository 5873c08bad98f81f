-- prices meet within one currency; where a bid of another state has the same lowest price, nothing is said
WITH offered AS (
  SELECT
    b.section_id,
    COALESCE(NULLIF(b.currency, ''), 'CNY') AS currency,
    b.bid_id,
    b.bidder_id,
    b.price,
    b.valid,
    b.reject_reason,
    a.winner_id,
    a.award_price,
    q.area_code
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
    AND b.price > 0
    AND a.winner_id <> ''
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND (t.status IS NULL OR t.status <> 'cancelled')
    AND (t.eval_method IS NULL OR STRPOS('|' || q.other_evaluation || '|', '|' || t.eval_method || '|') = 0)
), spread AS (
  SELECT
    o.section_id,
    o.currency,
    COUNT(*) AS bids,
    MIN(CASE WHEN NOT o.valid THEN o.price END) AS lowest_disqualified,
    MIN(CASE WHEN o.valid THEN o.price END) AS lowest_valid,
    MIN(CASE WHEN o.valid IS NULL THEN o.price END) AS lowest_undecided
  FROM offered AS o
  GROUP BY o.section_id, o.currency
), lowest AS (
  SELECT
    o.section_id,
    o.currency,
    o.area_code,
    o.bidder_id,
    o.price,
    o.reject_reason,
    o.winner_id,
    o.award_price,
    p.lowest_valid,
    p.bids,
    ROW_NUMBER() OVER (PARTITION BY o.section_id ORDER BY o.currency, o.bid_id) AS place
  FROM offered AS o
  JOIN spread AS p
    ON p.section_id = o.section_id
   AND p.currency = o.currency
   AND p.lowest_disqualified = o.price
  WHERE NOT o.valid
    AND p.lowest_disqualified < p.lowest_valid
    AND (p.lowest_undecided IS NULL OR p.lowest_disqualified < p.lowest_undecided)
)
SELECT
  w.section_id,
  w.area_code,
  w.currency,
  w.bidder_id,
  w.price,
  w.reject_reason,
  w.lowest_valid,
  w.winner_id,
  w.award_price,
  w.bids,
  'yellow' AS grade
FROM lowest AS w
WHERE w.place = 1
