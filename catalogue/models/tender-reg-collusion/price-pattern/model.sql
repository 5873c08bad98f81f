-- prices are compared within one currency; ratios are carried in millionths, so that a tolerance is tested on twelve digits
WITH offered AS (
  SELECT
    b.bid_id,
    b.section_id,
    b.bidder_id,
    b.price,
    COALESCE(NULLIF(b.currency, ''), 'CNY') AS currency,
    q.area_code
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
    o.area_code,
    o.price,
    LAG(o.price) OVER (PARTITION BY o.section_id, o.currency ORDER BY o.price) AS lower_price
  FROM offered AS o
  WHERE o.price > 0
), stepped AS (
  SELECT
    p.section_id,
    p.currency,
    p.area_code,
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
    p.area_code,
    COUNT(p.difference) AS steps,
    MIN(p.difference) AS least_difference,
    MAX(p.difference) AS most_difference,
    SUM(p.difference) AS sum_difference,
    MIN(p.growth) AS least_growth,
    MAX(p.growth) AS most_growth,
    SUM(p.growth) AS sum_growth
  FROM stepped AS p
  GROUP BY p.section_id, p.currency, p.area_code
), ladder AS (
  SELECT
    g.section_id,
    g.currency,
    q.min_bidders,
    CASE
      WHEN g.sum_difference > 0
       AND g.most_difference * g.steps - g.sum_difference <= q.step_tol * g.sum_difference
       AND g.sum_difference - g.least_difference * g.steps <= q.step_tol * g.sum_difference
      THEN CAST(g.sum_difference / g.steps AS DECIMAL(18, 2))
    END AS mean_difference,
    CASE
      WHEN g.sum_growth > 0
       AND g.most_growth * g.steps - g.sum_growth <= q.step_tol * g.sum_growth
       AND g.sum_growth - g.least_growth * g.steps <= q.step_tol * g.sum_growth
      THEN CAST(g.sum_growth / g.steps / 1000000 AS DECIMAL(18, 6))
    END AS mean_growth
  FROM regular AS g
  JOIN param AS q
    ON q.area_code = g.area_code
  WHERE g.steps > 0
    AND g.steps + 1 >= q.min_bidders
), climbed AS (
  -- bidders are counted where the steps are even, which is rare
  SELECT
    l.section_id,
    l.mean_difference,
    l.mean_growth
  FROM ladder AS l
  JOIN offered AS o
    ON o.section_id = l.section_id
   AND o.currency = l.currency
  WHERE o.price > 0
    AND (l.mean_difference IS NOT NULL OR l.mean_growth IS NOT NULL)
  GROUP BY l.section_id, l.currency, l.min_bidders, l.mean_difference, l.mean_growth
  HAVING COUNT(DISTINCT o.bidder_id) >= l.min_bidders
), series AS (
  SELECT
    l.section_id,
    MAX(l.mean_difference) AS mean_difference,
    MAX(l.mean_growth) AS mean_growth
  FROM climbed AS l
  GROUP BY l.section_id
), bidder AS (
  -- few sections have prices by item, so that these are where the comparison begins
  -- a bidder is known by its place in the section, since pairs are many and numbers are faster to compare than texts
  SELECT
    d.section_id,
    d.bidder_id,
    d.currency,
    d.area_code,
    DENSE_RANK() OVER (PARTITION BY d.section_id ORDER BY d.bidder_id) AS seat
  FROM (
    SELECT DISTINCT
      o.section_id,
      o.bidder_id,
      o.currency,
      o.area_code
    FROM offered AS o
    WHERE EXISTS (SELECT 1 FROM bid_item_price AS i WHERE i.section_id = o.section_id)
  ) AS d
), itemised_bid AS (
  SELECT
    i.section_id,
    i.item_code,
    i.unit_price,
    b.currency,
    b.area_code,
    b.bidder_id,
    b.seat
  FROM bid_item_price AS i
  JOIN bidder AS b
    ON b.section_id = i.section_id
   AND b.bidder_id = i.bidder_id
  WHERE i.unit_price > 0
), listed AS (
  SELECT
    x.section_id,
    x.seat AS seat_a,
    y.seat AS seat_b,
    CASE
      WHEN x.unit_price >= y.unit_price * 100000 THEN CAST(100000000000 AS DECIMAL(18, 6))
      ELSE CAST(x.unit_price * 1000000 / y.unit_price AS DECIMAL(18, 6))
    END AS ratio
  FROM itemised_bid AS x
  JOIN itemised_bid AS y
    ON y.section_id = x.section_id
   AND y.item_code = x.item_code
   AND y.currency = x.currency
   AND y.seat > x.seat
), ranked AS (
  SELECT
    i.section_id,
    i.seat_a,
    i.seat_b,
    i.ratio,
    ROW_NUMBER() OVER (PARTITION BY i.section_id, i.seat_a, i.seat_b ORDER BY i.ratio) AS place,
    COUNT(*) OVER (PARTITION BY i.section_id, i.seat_a, i.seat_b) AS ratios
  FROM listed AS i
), loose AS (
  SELECT
    MAX(q.tol) AS tol,
    MIN(q.share) AS share,
    MIN(q.min_items) AS min_items
  FROM param AS q
), middle AS (
  -- ratios near the median stand side by side: where they are more than half, those around the middle place are among them
  SELECT
    k.section_id,
    k.seat_a,
    k.seat_b,
    MIN(k.ratio) AS least,
    MAX(k.ratio) AS most,
    MIN(CASE WHEN k.place * 2 >= k.ratios AND k.place * 2 <= k.ratios + 2 THEN k.ratio END)
      + MAX(CASE WHEN k.place * 2 >= k.ratios AND k.place * 2 <= k.ratios + 2 THEN k.ratio END) AS twice_median
  FROM ranked AS k
  CROSS JOIN loose AS l
  WHERE k.ratios >= l.min_items
    AND (
      (k.place * 2 >= k.ratios AND k.place * 2 <= k.ratios + 2)
      OR (k.place > k.ratios - l.share * k.ratios AND k.place <= l.share * k.ratios)
    )
  GROUP BY k.section_id, k.seat_a, k.seat_b
), close AS (
  SELECT
    m.section_id,
    m.seat_a,
    m.seat_b,
    m.twice_median
  FROM middle AS m
  CROSS JOIN loose AS l
  WHERE l.share <= 0.5
     OR (2 * m.most - m.twice_median <= l.tol * m.twice_median AND m.twice_median - 2 * m.least <= l.tol * m.twice_median)
), pair AS (
  SELECT
    c.section_id,
    x.bidder_id || '-' || y.bidder_id AS pair
  FROM close AS c
  JOIN itemised_bid AS x
    ON x.section_id = c.section_id
   AND x.seat = c.seat_a
  JOIN itemised_bid AS y
    ON y.section_id = c.section_id
   AND y.seat = c.seat_b
   AND y.item_code = x.item_code
   AND y.currency = x.currency
  JOIN param AS q
    ON q.area_code = x.area_code
  GROUP BY c.section_id, x.bidder_id, y.bidder_id, q.min_items, q.share
  HAVING COUNT(DISTINCT x.item_code) >= q.min_items
     AND SUM(CASE
       WHEN ABS(
         2 * CASE
           WHEN x.unit_price >= y.unit_price * 100000 THEN CAST(100000000000 AS DECIMAL(18, 6))
           ELSE CAST(x.unit_price * 1000000 / y.unit_price AS DECIMAL(18, 6))
         END - c.twice_median
       ) <= q.tol * c.twice_median
       THEN 1
       ELSE 0
     END) >= q.share * COUNT(*)
), itemised AS (
  SELECT
    p.section_id,
    STRING_AGG(p.pair, ',' ORDER BY p.pair) AS pairs
  FROM pair AS p
  GROUP BY p.section_id
), hit AS (
  SELECT e.section_id
  FROM series AS e
  UNION ALL
  SELECT i.section_id
  FROM itemised AS i
), section AS (
  SELECT
    o.section_id,
    o.area_code,
    COUNT(DISTINCT CASE WHEN o.price > 0 THEN o.bidder_id END) AS bidders
  FROM offered AS o
  WHERE EXISTS (SELECT 1 FROM hit AS h WHERE h.section_id = o.section_id)
  GROUP BY o.section_id, o.area_code
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
    WHEN COALESCE(e.mean_difference, e.mean_growth) IS NOT NULL AND s.bidders >= q.red_bidders THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM section AS s
JOIN param AS q
  ON q.area_code = s.area_code
LEFT JOIN series AS e
  ON e.section_id = s.section_id
LEFT JOIN itemised AS i
  ON i.section_id = s.section_id
