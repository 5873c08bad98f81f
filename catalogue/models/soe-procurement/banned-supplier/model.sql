-- a platform blacklisting binds the group of the body whose alert it closed, and has no end
WITH bought AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    COALESCE(NULLIF(o.parent_company_id, ''), b.company_id) AS root_id,
    q.area_code,
    q.lists
  FROM soe_purchase AS b
  LEFT JOIN soe_org AS o
    ON o.company_id = b.company_id
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.company_id <> ''
    AND b.supplier_id <> ''
), listed AS (
  SELECT
    b.purchase_id,
    'credit_list' AS source,
    l.list_type,
    l.in_date
  FROM bought AS b
  JOIN credit_list AS l
    ON l.subject_id = b.supplier_id
  WHERE STRPOS('|' || b.lists || '|', '|' || l.list_type || '|') > 0
    AND l.in_date <= b.award_date
    AND (l.out_date IS NULL OR l.out_date > b.award_date)
  UNION ALL
  SELECT
    b.purchase_id,
    'company_abnormal' AS source,
    a.list_type,
    a.in_date
  FROM bought AS b
  JOIN company_abnormal AS a
    ON a.company_id = b.supplier_id
  WHERE STRPOS('|' || b.lists || '|', '|' || a.list_type || '|') > 0
    AND a.in_date <= b.award_date
    AND (a.out_date IS NULL OR a.out_date > b.award_date)
  UNION ALL
  SELECT
    b.purchase_id,
    'disposal_action' AS source,
    d.action_type AS list_type,
    d.action_date AS in_date
  FROM bought AS b
  JOIN alert AS w
    ON w.subject_id = b.supplier_id
  JOIN disposal_action AS d
    ON d.alert_id = w.alert_id
  LEFT JOIN soe_org AS o
    ON o.company_id = w.org_id
  WHERE d.action_type = 'blacklist'
    AND d.action_date <= b.award_date
    AND COALESCE(NULLIF(o.parent_company_id, ''), NULLIF(w.org_id, '')) = b.root_id
), hit_on AS (
  SELECT
    b.company_id,
    b.supplier_id,
    l.source,
    l.list_type,
    MIN(l.in_date) AS in_date
  FROM bought AS b
  JOIN listed AS l
    ON l.purchase_id = b.purchase_id
  GROUP BY b.company_id, b.supplier_id, l.source, l.list_type
), sources AS (
  SELECT
    h.company_id,
    h.supplier_id,
    STRING_AGG(DISTINCT h.source, ',' ORDER BY h.source) AS source,
    MIN(h.in_date) AS in_date
  FROM hit_on AS h
  GROUP BY h.company_id, h.supplier_id
), kinds AS (
  SELECT
    h.company_id,
    h.supplier_id,
    STRING_AGG(DISTINCT h.list_type, ',' ORDER BY h.list_type) AS list_type
  FROM hit_on AS h
  GROUP BY h.company_id, h.supplier_id
), affected AS (
  SELECT
    b.company_id,
    b.supplier_id,
    b.area_code,
    COUNT(*) AS purchases,
    COALESCE(SUM(b.award_amount), 0) AS award_total,
    MAX(b.award_date) AS last_award_date
  FROM bought AS b
  WHERE EXISTS (SELECT 1 FROM listed AS l WHERE l.purchase_id = b.purchase_id)
  GROUP BY b.company_id, b.supplier_id, b.area_code
)
SELECT
  a.company_id,
  a.supplier_id,
  a.area_code,
  a.purchases,
  a.award_total,
  s.source,
  k.list_type,
  s.in_date,
  a.last_award_date,
  'red' AS grade
FROM affected AS a
JOIN sources AS s
  ON s.company_id = a.company_id
 AND s.supplier_id = a.supplier_id
JOIN kinds AS k
  ON k.company_id = a.company_id
 AND k.supplier_id = a.supplier_id
