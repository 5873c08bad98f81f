-- ratio = (second lowest - winner) / winner over valid bids of one section in one currency, in millionths;
-- the fence is Q1 - 1.5 IQR with R-8 quartiles: position (3n + 5) / 12 for Q1 and (9n + 7) / 12 for Q3
WITH met AS (
  SELECT
    b.section_id,
    COALESCE(NULLIF(b.currency, ''), 'CNY') AS currency,
    MIN(CASE WHEN b.bidder_id = a.winner_id THEN b.price END) AS winner_price,
    MIN(CASE WHEN b.bidder_id <> a.winner_id THEN b.price END) AS second_price
  FROM bid AS b
  JOIN award AS a
    ON a.section_id = b.section_id
  WHERE b.section_id <> ''
    AND b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND b.price > 0
    AND b.bidder_id <> ''
    AND a.winner_id <> ''
  GROUP BY b.section_id, COALESCE(NULLIF(b.currency, ''), 'CNY')
), compared AS (
  SELECT
    m.section_id,
    m.currency,
    q.area_code,
    a.winner_id,
    m.winner_price,
    m.second_price,
    CASE
      WHEN m.second_price - m.winner_price >= m.winner_price * 100000 THEN CAST(100000000000 AS DECIMAL(18, 6))
      ELSE CAST((m.second_price - m.winner_price) * 1000000 / m.winner_price AS DECIMAL(18, 6))
    END AS ratio,
    ROW_NUMBER() OVER (
      PARTITION BY m.section_id
      ORDER BY CASE WHEN m.currency = COALESCE(NULLIF(a.currency, ''), 'CNY') THEN 0 ELSE 1 END, m.currency
    ) AS place
  FROM met AS m
  JOIN award AS a
    ON a.section_id = m.section_id
  LEFT JOIN tender_section AS s
    ON s.section_id = m.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE m.second_price >= m.winner_price
    AND (t.status IS NULL OR t.status <> 'cancelled')
    AND (t.eval_method IS NULL OR STRPOS('|' || q.other_evaluation || '|', '|' || t.eval_method || '|') = 0)
), ratio AS (
  SELECT
    c.section_id,
    c.currency,
    c.area_code,
    c.winner_id,
    c.winner_price,
    c.second_price,
    c.ratio
  FROM compared AS c
  WHERE c.place = 1
), placed AS (
  SELECT
    SUBSTR(c.area_code, 1, 2) AS peers,
    c.ratio,
    ROW_NUMBER() OVER (PARTITION BY SUBSTR(c.area_code, 1, 2) ORDER BY c.ratio, c.section_id) AS place,
    COUNT(*) OVER (PARTITION BY SUBSTR(c.area_code, 1, 2)) AS ratios
  FROM ratio AS c
  UNION ALL
  SELECT
    'all' AS peers,
    c.ratio,
    ROW_NUMBER() OVER (ORDER BY c.ratio, c.section_id) AS place,
    COUNT(*) OVER (PARTITION BY 1) AS ratios
  FROM ratio AS c
), around AS (
  SELECT
    p.peers,
    MAX(p.ratios) AS ratios,
    MIN(p.ratio) AS least,
    MAX(p.ratio) AS most,
    MAX(CASE WHEN p.place * 12 <= 3 * p.ratios + 5 AND 3 * p.ratios + 5 < (p.place + 1) * 12 THEN p.ratio END) AS low_1,
    MAX(CASE WHEN (p.place - 1) * 12 <= 3 * p.ratios + 5 AND 3 * p.ratios + 5 < p.place * 12 THEN p.ratio END) AS high_1,
    MAX(CASE WHEN p.place * 12 <= 9 * p.ratios + 7 AND 9 * p.ratios + 7 < (p.place + 1) * 12 THEN p.ratio END) AS low_3,
    MAX(CASE WHEN (p.place - 1) * 12 <= 9 * p.ratios + 7 AND 9 * p.ratios + 7 < p.place * 12 THEN p.ratio END) AS high_3
  FROM placed AS p
  GROUP BY p.peers
), quartile AS (
  SELECT
    a.peers,
    a.ratios,
    CASE
      WHEN a.low_1 IS NULL THEN 12 * a.least
      ELSE 12 * a.low_1 + MOD(3 * a.ratios + 5, 12) * (COALESCE(a.high_1, a.low_1) - a.low_1)
    END AS twelve_q1,
    CASE
      WHEN a.high_3 IS NULL OR a.low_3 IS NULL THEN 12 * a.most
      ELSE 12 * a.low_3 + MOD(9 * a.ratios + 7, 12) * (a.high_3 - a.low_3)
    END AS twelve_q3
  FROM around AS a
), fence AS (
  SELECT
    f.peers,
    f.ratios,
    f.twelve_q1,
    5 * f.twelve_q1 - 3 * f.twelve_q3 AS twentyfour_fence
  FROM quartile AS f
), judged AS (
  SELECT
    c.section_id,
    c.area_code,
    c.currency,
    c.winner_id,
    c.winner_price,
    c.second_price,
    c.ratio,
    q.threshold,
    CASE WHEN own.ratios >= q.min_peers THEN own.peers ELSE 'all' END AS peers,
    CASE WHEN own.ratios >= q.min_peers THEN own.ratios ELSE whole.ratios END AS ratios,
    CASE WHEN own.ratios >= q.min_peers THEN own.twelve_q1 ELSE whole.twelve_q1 END AS twelve_q1,
    CASE WHEN own.ratios >= q.min_peers THEN own.twentyfour_fence ELSE whole.twentyfour_fence END AS twentyfour_fence
  FROM ratio AS c
  JOIN param AS q
    ON q.area_code = c.area_code
  JOIN fence AS own
    ON own.peers = SUBSTR(c.area_code, 1, 2)
  JOIN fence AS whole
    ON whole.peers = 'all'
), hit AS (
  SELECT
    j.section_id,
    j.area_code,
    j.currency,
    j.winner_id,
    j.winner_price,
    j.second_price,
    j.ratio,
    j.threshold,
    j.peers,
    j.ratios,
    j.twentyfour_fence
  FROM judged AS j
  WHERE (j.threshold > 0 AND j.second_price - j.winner_price <= CAST(j.threshold AS DECIMAL(19, 6)) * j.winner_price)
     OR (
       j.threshold = 0
       AND j.twelve_q1 > 0
       AND j.twentyfour_fence > 0
       AND 24 * j.ratio <= j.twentyfour_fence
     )
), second AS (
  -- of several at the second price the first by name
  SELECT
    h.section_id,
    MIN(b.bidder_id) AS second_id
  FROM hit AS h
  JOIN bid AS b
    ON b.section_id = h.section_id
   AND b.price = h.second_price
  WHERE b.bidder_id <> h.winner_id
    AND b.bidder_id <> ''
    AND b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
    AND COALESCE(NULLIF(b.currency, ''), 'CNY') = h.currency
  GROUP BY h.section_id
)
SELECT
  h.section_id,
  h.area_code,
  h.currency,
  h.winner_id,
  h.winner_price,
  n.second_id,
  h.second_price,
  CAST(h.ratio / 1000000 AS DECIMAL(18, 6)) AS ratio,
  CASE
    WHEN h.threshold > 0 THEN h.threshold
    ELSE CAST(h.twentyfour_fence / 24000000 AS DECIMAL(18, 6))
  END AS fence,
  CASE WHEN h.threshold > 0 THEN 'threshold' ELSE h.peers END AS peers,
  h.ratios AS peer_sections,
  'yellow' AS grade
FROM hit AS h
JOIN second AS n
  ON n.section_id = h.section_id
