-- links are read on the day of the later of the two quotes
WITH quoted AS (
  SELECT
    o.purchase_id,
    o.supplier_id,
    o.mac,
    o.ip,
    o.contact_phone,
    o.submit_time,
    b.company_id AS buyer_id,
    b.supplier_id AS winner_id,
    q.area_code,
    q.min_ratio,
    q.exclude_ips
  FROM soe_quote AS o
  LEFT JOIN soe_purchase AS b
    ON b.purchase_id = o.purchase_id
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE o.purchase_id <> ''
    AND o.supplier_id <> ''
), pair AS (
  SELECT
    x.purchase_id,
    x.supplier_id AS company_id_a,
    y.supplier_id AS company_id_b,
    x.buyer_id,
    x.winner_id,
    x.area_code,
    x.min_ratio,
    x.mac <> '' AND x.mac = y.mac AS same_mac,
    x.ip <> '' AND x.ip = y.ip AND STRPOS('|' || x.exclude_ips || '|', '|' || x.ip || '|') = 0 AS same_ip,
    x.contact_phone <> '' AND x.contact_phone = y.contact_phone AS same_phone,
    CAST(GREATEST(x.submit_time, y.submit_time) AS DATE) AS quoted_on
  FROM quoted AS x
  JOIN quoted AS y
    ON y.purchase_id = x.purchase_id
   AND y.supplier_id > x.supplier_id
), shared AS (
  SELECT p.purchase_id, p.company_id_a, p.company_id_b, 'mac' AS reason, CAST(NULL AS VARCHAR) AS min_tier
  FROM pair AS p
  WHERE p.same_mac
  UNION ALL
  SELECT p.purchase_id, p.company_id_a, p.company_id_b, 'ip' AS reason, CAST(NULL AS VARCHAR) AS min_tier
  FROM pair AS p
  WHERE p.same_ip
  UNION ALL
  SELECT p.purchase_id, p.company_id_a, p.company_id_b, 'contact_phone' AS reason, CAST(NULL AS VARCHAR) AS min_tier
  FROM pair AS p
  WHERE p.same_phone
  UNION ALL
  SELECT p.purchase_id, p.company_id_a, p.company_id_b, k.basis AS reason, k.min_tier
  FROM pair AS p
  JOIN linked_company AS k
    ON k.company_id_a = p.company_id_a
   AND k.company_id_b = p.company_id_b
  WHERE (k.share IS NULL OR k.share >= p.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= p.quoted_on)
    AND (k.to_date IS NULL OR k.to_date >= p.quoted_on)
), told AS (
  SELECT
    s.purchase_id,
    s.company_id_a,
    s.company_id_b,
    STRING_AGG(DISTINCT s.reason, ',' ORDER BY s.reason) AS reasons,
    MAX(s.min_tier) AS identity_tier
  FROM shared AS s
  GROUP BY s.purchase_id, s.company_id_a, s.company_id_b
)
SELECT
  t.purchase_id,
  t.company_id_a,
  t.company_id_b,
  p.area_code,
  t.reasons,
  p.buyer_id,
  p.winner_id,
  t.identity_tier,
  'red' AS grade
FROM told AS t
JOIN pair AS p
  ON p.purchase_id = t.purchase_id
 AND p.company_id_a = t.company_id_a
 AND p.company_id_b = t.company_id_b
