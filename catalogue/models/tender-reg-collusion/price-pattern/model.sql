-- prices are compared within one currency; ratios are carried in millionths, so that a tolerance is tested on twelve digits
WITH offered AS (
  SELECT
    b.bid_id,
    b.section_id,
    b.bidder_id,
    b.price,
    COALESCE(NULLIF(b.currency, ''), 'CNY') AS currency,
    q.area_code,
    q.min_bidders,
    q.red_bidders,
    q.step_tol,
    q.min_items,
    q.share,
    q.tol
  FROM bid AS b
  LEFT JOIN tender_section AS s
    ON s.section_id = b.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.section_id <> ''
    AND (t.status IS NULL OR t.status <> 'cancelled')
), priced AS (
  SELECT
    o.section_id,
    o.currency,
    o.bidder_id,
    o.price,
    LAG(o.price) OVER (PARTITION BY o.section_id, o.currency ORDER BY o.price, o.bid_id) AS lower_price
  FROM offered AS o
  WHERE o.price > 0
), stepped AS (
  SELECT
    p.section_id,
    p.currency,
    p.bidder_id,
    p.price - p.lower_price AS difference,
    CASE
      WHEN p.price - p.lower_price >= p.lower_price * 100000 THEN CAST(100000000000 AS DECIMAL(18, 6))
      ELSE CAST((p.price - p.lower_price) * 1000000 / p.lower_price AS DECIMAL(18, 6))
    END AS growth
  FROM priced AS p
), regular AS (
  SELECT
    p.section_id,
    p.currency,
    COUNT(DISTINCT p.bidder_id) AS bidders,
    COUNT(p.difference) AS steps,
    MIN(p.difference) AS least_difference,
    MAX(p.difference) AS most_difference,
    SUM(p.difference) AS sum_difference,
    MIN(p.growth) AS least_growth,
    MAX(p.growth) AS most_growth,
    SUM(p.growth) AS sum_growth
  FROM stepped AS p
  GROUP BY p.section_id, p.currency
), section AS (
  SELECT
    o.section_id,
    o.area_code,
    o.min_bidders,
    o.red_bidders,
    o.step_tol,
    COUNT(DISTINCT CASE WHEN o.price > 0 THEN o.bidder_id END) AS bidders
  FROM offered AS o
  GROUP BY o.section_id, o.area_code, o.min_bidders, o.red_bidders, o.step_tol
), series AS (
  SELECT
    g.section_id,
    MAX(CASE
      WHEN g.sum_difference > 0
       AND g.most_difference * g.steps - g.sum_difference <= s.step_tol * g.sum_difference
       AND g.sum_difference - g.least_difference * g.steps <= s.step_tol * g.sum_difference
      THEN CAST(g.sum_difference / g.steps AS DECIMAL(18, 2))
    END) AS mean_difference,
    MAX(CASE
      WHEN g.sum_growth > 0
       AND g.most_growth * g.steps - g.sum_growth <= s.step_tol * g.sum_growth
       AND g.sum_growth - g.least_growth * g.steps <= s.step_tol * g.sum_growth
      THEN CAST(g.sum_growth / g.steps / 1000000 AS DECIMAL(18, 6))
    END) AS mean_growth
  FROM regular AS g
  JOIN section AS s
    ON s.section_id = g.section_id
  WHERE g.bidders >= s.min_bidders
    AND g.steps > 0
  GROUP BY g.section_id
), bidder AS (
  SELECT DISTINCT
    o.section_id,
    o.bidder_id,
    o.currency,
    o.min_items,
    o.share,
    o.tol
  FROM offered AS o
), itemised_bid AS (
  -- few sections have prices by item, so that these are where the comparison begins
  SELECT
    i.section_id,
    i.bidder_id,
    i.item_code,
    i.unit_price,
    b.currency,
    b.min_items,
    b.share,
    b.tol
  FROM bid_item_price AS i
  JOIN bidder AS b
    ON b.section_id = i.section_id
   AND b.bidder_id = i.bidder_id
  WHERE i.unit_price > 0
), listed AS (
  SELECT
    x.section_id,
    x.bidder_id AS bidder_a,
    y.bidder_id AS bidder_b,
    x.min_items,
    x.share,
    x.tol,
    x.item_code,
    CASE
      WHEN x.unit_price >= y.unit_price * 100000 THEN CAST(100000000000 AS DECIMAL(18, 6))
      ELSE CAST(x.unit_price * 1000000 / y.unit_price AS DECIMAL(18, 6))
    END AS ratio
  FROM itemised_bid AS x
  JOIN itemised_bid AS y
    ON y.section_id = x.section_id
   AND y.item_code = x.item_code
   AND y.currency = x.currency
   AND y.bidder_id > x.bidder_id
), ranked AS (
  SELECT
    i.section_id,
    i.bidder_a,
    i.bidder_b,
    i.min_items,
    i.share,
    i.tol,
    i.item_code,
    i.ratio,
    ROW_NUMBER() OVER (PARTITION BY i.section_id, i.bidder_a, i.bidder_b ORDER BY i.ratio, i.item_code) AS place,
    COUNT(*) OVER (PARTITION BY i.section_id, i.bidder_a, i.bidder_b) AS ratios
  FROM listed AS i
), middle AS (
  SELECT
    k.section_id,
    k.bidder_a,
    k.bidder_b,
    MIN(k.ratio) + MAX(k.ratio) AS twice_median
  FROM ranked AS k
  WHERE k.place * 2 >= k.ratios
    AND k.place * 2 <= k.ratios + 2
  GROUP BY k.section_id, k.bidder_a, k.bidder_b
), pair AS (
  SELECT
    k.section_id,
    k.bidder_a || '-' || k.bidder_b AS pair
  FROM ranked AS k
  JOIN middle AS m
    ON m.section_id = k.section_id
   AND m.bidder_a = k.bidder_a
   AND m.bidder_b = k.bidder_b
  GROUP BY k.section_id, k.bidder_a, k.bidder_b, k.min_items, k.share
  HAVING COUNT(DISTINCT k.item_code) >= k.min_items
     AND SUM(CASE WHEN ABS(2 * k.ratio - m.twice_median) <= k.tol * m.twice_median THEN 1 ELSE 0 END) >= k.share * COUNT(*)
), itemised AS (
  SELECT
    p.section_id,
    STRING_AGG(p.pair, ',' ORDER BY p.pair) AS pairs
  FROM pair AS p
  GROUP BY p.section_id
)
SELECT
  s.section_id,
  s.area_code,
  s.bidders,
  CONCAT_WS(
    ',',
    CASE WHEN e.mean_difference IS NOT NULL THEN 'arithmetic' END,
    CASE WHEN e.mean_growth IS NOT NULL THEN 'geometric' END,
    CASE WHEN i.pairs IS NOT NULL THEN 'items' END
  ) AS pattern,
  CAST(COALESCE(e.mean_difference, e.mean_growth) AS DECIMAL(18, 6)) AS step,
  i.pairs,
  CASE
    WHEN COALESCE(e.mean_difference, e.mean_growth) IS NOT NULL AND s.bidders >= s.red_bidders THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM section AS s
LEFT JOIN series AS e
  ON e.section_id = s.section_id
LEFT JOIN itemised AS i
  ON i.section_id = s.section_id
WHERE e.mean_difference IS NOT NULL
   OR e.mean_growth IS NOT NULL
   OR i.pairs IS NOT NULL
