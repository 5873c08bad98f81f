-- prices are compared within one currency; ratios are carried in millionths, so that a tolerance is tested on twelve digits
-- few sections can be told from chance by sums alone: only those, and those with prices by item, are looked at closely
WITH loose AS (
  SELECT
    MAX(q.tol) AS tol,
    MIN(q.share) AS share,
    MIN(q.min_bidders) AS min_bidders,
    MAX(q.step_tol) AS step_tol
  FROM param AS q
), spread AS (
  SELECT
    b.section_id,
    COUNT(*) AS bids,
    MIN(b.price) AS lowest,
    MAX(b.price) AS highest,
    SUM(b.price) AS total
  FROM bid AS b
  WHERE b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.section_id <> ''
    AND b.price > 0
  GROUP BY b.section_id, COALESCE(NULLIF(b.currency, ''), 'CNY')
), curved AS (
  -- how far the prices reach, and the factor of a geometric series between them
  SELECT
    s.section_id,
    s.bids,
    s.lowest,
    s.highest,
    s.total,
    l.step_tol,
    CASE
      WHEN s.highest >= s.lowest * 100000 THEN CAST(100000 AS DECIMAL(18, 6))
      ELSE CAST(s.highest / s.lowest AS DECIMAL(18, 6))
    END AS reach,
    CAST(1 / (s.bids - 1) AS DECIMAL(18, 6)) AS root
  FROM spread AS s
  CROSS JOIN loose AS l
  WHERE s.bids >= l.min_bidders
    AND s.highest > s.lowest
), bent AS (
  SELECT
    c.section_id,
    c.bids,
    c.lowest,
    c.highest,
    c.total,
    c.step_tol,
    c.reach,
    POWER(c.reach, c.root) AS factor,
    -- a tolerance of each step adds up to this much of the sum, with room for what was rounded
    POWER(c.reach, 3 * c.step_tol + 0.003) * 1.002 AS room
  FROM curved AS c
), chosen AS (
  -- even steps: the sum is near that of a straight series (arithmetic) or of one with one factor (geometric)
  SELECT DISTINCT u.section_id
  FROM (
    SELECT c.section_id
    FROM bent AS c
    WHERE ABS(2 * c.total - c.bids * (c.lowest + c.highest)) <= c.bids * c.step_tol * (c.highest - c.lowest)
       OR c.step_tol > 0.5
       OR c.bids > 1000
       OR c.reach < 1.001
       OR c.reach >= 100000
       OR (
         c.total * (c.factor - 1) <= c.lowest * (POWER(c.factor, c.bids) - 1) * c.room
         AND c.total * (c.factor - 1) * c.room >= c.lowest * (POWER(c.factor, c.bids) - 1)
       )
    UNION ALL
    SELECT i.section_id
    FROM bid_item_price AS i
  ) AS u
), offered AS (
  SELECT
    b.bid_id,
    b.section_id,
    b.bidder_id,
    b.price,
    COALESCE(NULLIF(b.currency, ''), 'CNY') AS currency,
    q.area_code
  FROM chosen AS c
  JOIN bid AS b
    ON b.section_id = c.section_id
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
), item AS (
  SELECT
    d.section_id,
    d.item_code,
    ROW_NUMBER() OVER (PARTITION BY d.section_id ORDER BY d.item_code) AS place,
    COUNT(*) OVER (PARTITION BY d.section_id) AS items
  FROM (
    SELECT DISTINCT
      i.section_id,
      i.item_code
    FROM bid_item_price AS i
    WHERE i.item_code <> ''
  ) AS d
), sample AS (
  -- where at most so many items of two bidders stray, one more couple of items has one on which both are in step
  SELECT
    i.section_id,
    i.item_code,
    i.items,
    MOD(i.place, 2) AS side,
    i.place - MOD(i.place - 1, 2) AS couple
  FROM item AS i
  CROSS JOIN loose AS l
  WHERE i.place - MOD(i.place - 1, 2) <= 2 * (1 - l.share) * i.items + 1
), coupled AS (
  SELECT
    i.section_id,
    i.bidder_id,
    k.couple,
    k.items,
    MAX(CASE WHEN k.side = 1 THEN CAST(i.unit_price AS DOUBLE) END) AS price_1,
    MAX(CASE WHEN k.side = 0 THEN CAST(i.unit_price AS DOUBLE) END) AS price_2
  FROM sample AS k
  JOIN bid_item_price AS i
    ON i.section_id = k.section_id
   AND i.item_code = k.item_code
  WHERE i.unit_price > 0
  GROUP BY i.section_id, i.bidder_id, k.couple, k.items
), alike AS (
  SELECT
    x.section_id,
    x.bidder_id AS bidder_a,
    y.bidder_id AS bidder_b
  FROM coupled AS x
  JOIN coupled AS y
    ON y.section_id = x.section_id
   AND y.couple = x.couple
   AND y.bidder_id <> x.bidder_id
  CROSS JOIN loose AS l
  WHERE (
      x.price_1 * y.price_2 * (1 - l.tol) <= x.price_2 * y.price_1 * (1 + l.tol) * 1.000001
      AND x.price_2 * y.price_1 * (1 - l.tol) <= x.price_1 * y.price_2 * (1 + l.tol) * 1.000001
    )
    -- beyond this ratios are cut or have lost digits
    OR x.price_1 > 10000 * y.price_1
    OR y.price_1 > 10000 * x.price_1
    OR x.price_2 > 10000 * y.price_2
    OR y.price_2 > 10000 * x.price_2
), complete AS (
  SELECT
    c.section_id,
    c.bidder_id
  FROM coupled AS c
  CROSS JOIN loose AS l
  WHERE c.price_1 > 0
    AND c.price_2 > 0
  GROUP BY c.section_id, c.bidder_id, c.items, l.share
  HAVING COUNT(*) > (1 - l.share) * c.items
), priced_by AS (
  -- who has more than one bid may have an item twice
  SELECT
    i.section_id,
    i.bidder_id,
    CASE WHEN MIN(i.bid_id) = MAX(i.bid_id) AND COUNT(i.bid_id) = COUNT(*) THEN 0 ELSE 1 END AS unsure
  FROM bid_item_price AS i
  GROUP BY i.section_id, i.bidder_id
), bidder AS (
  SELECT
    o.section_id,
    o.bidder_id,
    o.currency,
    o.area_code,
    MAX(CASE WHEN n.bidder_id IS NULL THEN 1 ELSE p.unsure END) AS unsure
  FROM offered AS o
  JOIN priced_by AS p
    ON p.section_id = o.section_id
   AND p.bidder_id = o.bidder_id
  LEFT JOIN complete AS n
    ON n.section_id = o.section_id
   AND n.bidder_id = o.bidder_id
  GROUP BY o.section_id, o.bidder_id, o.currency, o.area_code
), suspect AS (
  -- each pair both ways; who cannot be told from a few items is compared by all
  SELECT DISTINCT
    x.section_id,
    x.bidder_id AS bidder_a,
    y.bidder_id AS bidder_b,
    x.currency,
    x.area_code
  FROM bidder AS x
  JOIN bidder AS y
    ON y.section_id = x.section_id
   AND y.currency = x.currency
   AND y.bidder_id <> x.bidder_id
  LEFT JOIN alike AS s
    ON s.section_id = x.section_id
   AND s.bidder_a = x.bidder_id
   AND s.bidder_b = y.bidder_id
  WHERE x.unsure = 1
     OR y.unsure = 1
     OR s.section_id IS NOT NULL
), offer AS (
  SELECT
    s.section_id,
    s.bidder_a,
    s.bidder_b,
    s.currency,
    s.area_code,
    i.item_code,
    i.unit_price
  FROM suspect AS s
  JOIN bid_item_price AS i
    ON i.section_id = s.section_id
   AND i.bidder_id = s.bidder_a
  WHERE i.unit_price > 0
), ranked AS (
  SELECT
    x.section_id,
    x.bidder_a,
    x.bidder_b,
    x.area_code,
    x.item_code,
    x.ratio,
    ROW_NUMBER() OVER (PARTITION BY x.section_id, x.bidder_a, x.bidder_b ORDER BY x.ratio) AS place,
    COUNT(*) OVER (PARTITION BY x.section_id, x.bidder_a, x.bidder_b) AS ratios
  FROM (
    SELECT
      i.section_id,
      i.bidder_a,
      i.bidder_b,
      i.area_code,
      i.item_code,
      CASE
        WHEN i.unit_price >= j.unit_price * 100000 THEN CAST(100000000000 AS DECIMAL(18, 6))
        ELSE CAST(i.unit_price * 1000000 / j.unit_price AS DECIMAL(18, 6))
      END AS ratio
    FROM offer AS i
    JOIN offer AS j
      ON j.section_id = i.section_id
     AND j.bidder_a = i.bidder_b
     AND j.bidder_b = i.bidder_a
     AND j.currency = i.currency
     AND j.item_code = i.item_code
    WHERE i.bidder_a < i.bidder_b
  ) AS x
), middle AS (
  SELECT
    k.section_id,
    k.bidder_a,
    k.bidder_b,
    k.area_code,
    k.item_code,
    k.ratio,
    MIN(CASE WHEN k.place * 2 >= k.ratios AND k.place * 2 <= k.ratios + 2 THEN k.ratio END)
      OVER (PARTITION BY k.section_id, k.bidder_a, k.bidder_b)
      + MAX(CASE WHEN k.place * 2 >= k.ratios AND k.place * 2 <= k.ratios + 2 THEN k.ratio END)
      OVER (PARTITION BY k.section_id, k.bidder_a, k.bidder_b) AS twice_median
  FROM ranked AS k
), pair AS (
  SELECT
    m.section_id,
    m.bidder_a || '-' || m.bidder_b AS pair
  FROM middle AS m
  JOIN param AS q
    ON q.area_code = m.area_code
  GROUP BY m.section_id, m.bidder_a, m.bidder_b, q.min_items, q.share
  HAVING COUNT(DISTINCT m.item_code) >= q.min_items
     AND SUM(CASE WHEN ABS(2 * m.ratio - m.twice_median) <= CAST(q.tol AS DECIMAL(19, 6)) * m.twice_median THEN 1 ELSE 0 END) >= q.share * COUNT(*)
), itemised AS (
  SELECT
    p.section_id,
    STRING_AGG(p.pair, ',' ORDER BY p.pair) AS pairs
  FROM pair AS p
  GROUP BY p.section_id
), hit AS (
  SELECT
    u.section_id,
    MAX(u.mean_difference) AS mean_difference,
    MAX(u.mean_growth) AS mean_growth,
    MAX(u.pairs) AS pairs
  FROM (
    SELECT e.section_id, e.mean_difference, e.mean_growth, CAST(NULL AS VARCHAR) AS pairs
    FROM series AS e
    UNION ALL
    SELECT i.section_id, CAST(NULL AS DECIMAL(18, 2)) AS mean_difference, CAST(NULL AS DECIMAL(18, 6)) AS mean_growth, i.pairs
    FROM itemised AS i
  ) AS u
  GROUP BY u.section_id
), section AS (
  SELECT
    h.section_id,
    o.area_code,
    h.mean_difference,
    h.mean_growth,
    h.pairs,
    COUNT(DISTINCT CASE WHEN o.price > 0 THEN o.bidder_id END) AS bidders
  FROM hit AS h
  JOIN offered AS o
    ON o.section_id = h.section_id
  GROUP BY h.section_id, o.area_code, h.mean_difference, h.mean_growth, h.pairs
)
SELECT
  s.section_id,
  s.area_code,
  s.bidders,
  CONCAT_WS(
    ',',
    CASE WHEN s.mean_difference IS NOT NULL THEN 'arithmetic' END,
    CASE WHEN s.mean_growth IS NOT NULL THEN 'geometric' END,
    CASE WHEN s.pairs IS NOT NULL THEN 'items' END
  ) AS pattern,
  CAST(COALESCE(s.mean_difference, s.mean_growth) AS DECIMAL(18, 6)) AS step,
  s.pairs,
  CASE
    WHEN COALESCE(s.mean_difference, s.mean_growth) IS NOT NULL AND s.bidders >= q.red_bidders THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM section AS s
JOIN param AS q
  ON q.area_code = s.area_code
