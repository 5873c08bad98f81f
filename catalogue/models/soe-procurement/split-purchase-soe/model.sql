-- each purchase opens a window; the window with the largest sum is shown, the earliest of equal ones
WITH part AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    NULLIF(b.requester_id, '') AS requester_id,
    q.area_code,
    q.window_days,
    q."limit",
    q.min_parts
  FROM soe_purchase AS b
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.company_id <> ''
    AND b.supplier_id <> ''
    AND b.award_amount < q."limit"
    AND COALESCE(STRPOS('|' || q.open_methods || '|', '|' || NULLIF(b.method, '') || '|'), 0) = 0
), several AS (
  -- a window holds and reaches no more than the whole: few suppliers of a company have enough of both
  SELECT
    p.company_id,
    p.supplier_id
  FROM part AS p
  GROUP BY p.company_id, p.supplier_id, p.min_parts, p."limit"
  HAVING COUNT(*) >= p.min_parts
    AND SUM(CASE WHEN p.award_amount > 0 THEN p.award_amount ELSE 0 END) >= p."limit"
), opening AS (
  SELECT DISTINCT
    p.company_id,
    p.supplier_id,
    p.award_date AS start_date,
    CAST(p.award_date + p.window_days * INTERVAL '1' DAY AS DATE) AS end_date
  FROM several AS v
  JOIN part AS p
    ON p.company_id = v.company_id
   AND p.supplier_id = v.supplier_id
), span AS (
  SELECT
    w.company_id,
    w.supplier_id,
    w.start_date,
    p.area_code,
    COUNT(*) AS parts,
    SUM(p.award_amount) AS window_total,
    MIN(p.award_date) AS first_award_date,
    MAX(p.award_date) AS last_award_date,
    COUNT(p.requester_id) AS requested,
    COUNT(DISTINCT p.requester_id) AS requesters
  FROM opening AS w
  JOIN part AS p
    ON p.company_id = w.company_id
   AND p.supplier_id = w.supplier_id
  WHERE p.award_date >= w.start_date
    AND p.award_date < w.end_date
  GROUP BY w.company_id, w.supplier_id, w.start_date, p.area_code, p.min_parts, p."limit"
  HAVING COUNT(*) >= p.min_parts
    AND SUM(p.award_amount) >= p."limit"
), ranked AS (
  SELECT
    s.company_id,
    s.supplier_id,
    s.area_code,
    s.parts,
    s.window_total,
    s.first_award_date,
    s.last_award_date,
    s.requested,
    s.requesters,
    ROW_NUMBER() OVER (PARTITION BY s.company_id, s.supplier_id ORDER BY s.window_total DESC, s.start_date) AS place
  FROM span AS s
), shown AS (
  SELECT
    k.company_id,
    k.supplier_id,
    STRING_AGG(DISTINCT p.requester_id, ',' ORDER BY p.requester_id) AS requester_ids
  FROM ranked AS k
  JOIN part AS p
    ON p.company_id = k.company_id
   AND p.supplier_id = k.supplier_id
  WHERE k.place = 1
    AND p.award_date >= k.first_award_date
    AND p.award_date <= k.last_award_date
  GROUP BY k.company_id, k.supplier_id
)
SELECT
  k.company_id,
  k.supplier_id,
  k.area_code,
  k.parts,
  k.window_total,
  s.requester_ids,
  k.first_award_date,
  k.last_award_date,
  CASE WHEN k.parts >= 3 AND k.requested = k.parts AND k.requesters = 1 THEN 'red' ELSE 'yellow' END AS grade
FROM ranked AS k
JOIN shown AS s
  ON s.company_id = k.company_id
 AND s.supplier_id = k.supplier_id
WHERE k.place = 1
