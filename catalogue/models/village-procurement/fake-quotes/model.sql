WITH asked AS (
  SELECT
    b.purchase_id,
    b.village_code,
    NULLIF(b.supplier_id, '') AS supplier_id,
    q.area_code,
    q.min_quotes,
    q.companions,
    q.min_ratio
  FROM village_purchase AS b
  LEFT JOIN param AS own
    ON own.area_code = b.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.purchase_id <> ''
    AND b.method = 'quote'
    AND b.amount >= q.quote_limit
), quoter AS (
  SELECT
    a.purchase_id,
    a.village_code,
    a.supplier_id AS winner_id,
    a.min_ratio,
    t.supplier_id AS quoter_id,
    t.quote_time,
    t.contact_phone
  FROM asked AS a
  JOIN village_purchase_quote AS t
    ON t.purchase_id = a.purchase_id
  WHERE t.supplier_id <> ''
), counted AS (
  SELECT
    t.purchase_id,
    COUNT(DISTINCT t.quoter_id) AS quoters
  FROM quoter AS t
  GROUP BY t.purchase_id
), pair AS (
  SELECT
    x.purchase_id,
    x.quoter_id AS company_id_a,
    y.quoter_id AS company_id_b,
    x.contact_phone AS phone_a,
    y.contact_phone AS phone_b,
    x.min_ratio,
    CAST(GREATEST(x.quote_time, y.quote_time) AS DATE) AS quote_date
  FROM quoter AS x
  JOIN quoter AS y
    ON y.purchase_id = x.purchase_id
  WHERE x.quoter_id < y.quoter_id
), tied AS (
  SELECT p.purchase_id
  FROM pair AS p
  WHERE p.phone_a = p.phone_b
    AND p.phone_a <> ''
  UNION ALL
  SELECT p.purchase_id
  FROM pair AS p
  JOIN linked_company AS k
    ON k.company_id_a = p.company_id_a
   AND k.company_id_b = p.company_id_b
  WHERE k.levels <= 2
    AND COALESCE(k.share, 1) >= p.min_ratio
    AND (k.from_date IS NULL OR k.from_date <= p.quote_date)
    AND (k.to_date IS NULL OR k.to_date >= p.quote_date)
), linked AS (
  SELECT DISTINCT t.purchase_id
  FROM tied AS t
), company AS (
  -- the losers of a purchase as one text: equal texts are equal sets
  SELECT
    l.purchase_id,
    l.village_code,
    l.winner_id,
    STRING_AGG(l.quoter_id, ',' ORDER BY l.quoter_id) AS losers
  FROM (
    SELECT DISTINCT t.purchase_id, t.village_code, t.winner_id, t.quoter_id
    FROM quoter AS t
    WHERE t.quoter_id <> t.winner_id
      AND t.village_code <> ''
  ) AS l
  GROUP BY l.purchase_id, l.village_code, l.winner_id
), repeated AS (
  SELECT
    c.purchase_id,
    COUNT(*) OVER (PARTITION BY c.village_code, c.winner_id, c.losers) AS times
  FROM company AS c
), tested AS (
  SELECT
    a.purchase_id,
    a.village_code,
    a.area_code,
    a.supplier_id,
    COALESCE(n.quoters, 0) AS quoters,
    k.purchase_id AS linked_id,
    CONCAT_WS(
      ',',
      CASE WHEN COALESCE(n.quoters, 0) < a.min_quotes THEN 'a' END,
      CASE WHEN k.purchase_id IS NOT NULL THEN 'b' END,
      CASE WHEN c.times >= a.companions THEN 'c' END
    ) AS reasons
  FROM asked AS a
  LEFT JOIN counted AS n
    ON n.purchase_id = a.purchase_id
  LEFT JOIN linked AS k
    ON k.purchase_id = a.purchase_id
  LEFT JOIN repeated AS c
    ON c.purchase_id = a.purchase_id
)
SELECT
  t.purchase_id,
  t.village_code,
  t.area_code,
  t.supplier_id,
  t.reasons,
  t.quoters,
  CASE WHEN t.linked_id IS NOT NULL THEN 'red' ELSE 'yellow' END AS grade
FROM tested AS t
WHERE t.reasons <> ''
