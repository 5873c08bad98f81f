-- a rejected bid counts as a bid received; two bids of one tenderer do not meet each other
WITH equal AS (
  -- prices said twice in a section are few, so that they are found before anything is joined
  SELECT
    b.section_id,
    b.price
  FROM bid AS b
  WHERE b.price > 0
    AND NOT COALESCE(b.withdrawn, FALSE)
  GROUP BY b.section_id, b.price
  HAVING COUNT(*) > 1
), offered AS (
  SELECT DISTINCT
    b.section_id,
    COALESCE(NULLIF(b.currency, ''), 'CNY') AS currency,
    b.price,
    b.bidder_id,
    q.area_code
  FROM equal AS e
  JOIN bid AS b
    ON b.section_id = e.section_id
   AND b.price = e.price
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
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.price > 0
    AND b.bidder_id <> ''
    AND (t.status IS NULL OR t.status <> 'cancelled')
    AND (t.eval_method IS NULL OR STRPOS('|' || q.other_evaluation || '|', '|' || t.eval_method || '|') = 0)
), alike AS (
  SELECT
    o.section_id,
    o.currency,
    o.price,
    o.area_code,
    COUNT(*) AS tenderers,
    MIN(o.bidder_id) AS bidder_id_a,
    MAX(o.bidder_id) AS bidder_id_b,
    ROW_NUMBER() OVER (PARTITION BY o.section_id ORDER BY COUNT(*) DESC, o.price, o.currency) AS place
  FROM offered AS o
  JOIN param AS q
    ON q.area_code = o.area_code
  GROUP BY o.section_id, o.currency, o.price, o.area_code, q.min_tenderers
  HAVING COUNT(*) >= q.min_tenderers
), shared AS (
  SELECT
    d.section_id,
    COUNT(*) AS bidders,
    STRING_AGG(d.bidder_id, ',' ORDER BY d.bidder_id) AS bidder_ids
  FROM (
    SELECT DISTINCT
      o.section_id,
      o.bidder_id
    FROM offered AS o
    JOIN alike AS k
      ON k.section_id = o.section_id
     AND k.currency = o.currency
     AND k.price = o.price
  ) AS d
  GROUP BY d.section_id
), repeated AS (
  SELECT
    k.section_id,
    COUNT(*) AS prices
  FROM alike AS k
  GROUP BY k.section_id
)
SELECT
  k.section_id,
  k.area_code,
  k.currency,
  k.price,
  p.prices,
  h.bidders,
  h.bidder_ids,
  k.bidder_id_a,
  k.bidder_id_b,
  'yellow' AS grade
FROM alike AS k
JOIN shared AS h
  ON h.section_id = k.section_id
JOIN repeated AS p
  ON p.section_id = k.section_id
WHERE k.place = 1
