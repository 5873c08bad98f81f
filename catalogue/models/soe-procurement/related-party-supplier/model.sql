-- who took part in a purchase, who is close to them, and who stands behind the supplier: a person in both is the tie
WITH bought AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    b.requester_id,
    b.approver_id,
    o.parent_company_id,
    q.area_code,
    q.min_ratio,
    q.manager_positions,
    q.max_degree,
    q.min_conf
  FROM soe_purchase AS b
  LEFT JOIN soe_org AS o
    ON o.company_id = b.company_id
  LEFT JOIN soe_org AS s
    ON s.company_id = b.supplier_id
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.company_id <> ''
    AND b.supplier_id <> ''
    -- a supplier of the buyer's own group is left out
    AND (
      s.company_id IS NULL
      OR COALESCE(NULLIF(s.parent_company_id, ''), s.company_id) <> COALESCE(NULLIF(o.parent_company_id, ''), b.company_id)
    )
), insider AS (
  SELECT b.purchase_id, b.requester_id AS person_id, 'requester' AS role
  FROM bought AS b
  WHERE b.requester_id <> ''
  UNION ALL
  SELECT b.purchase_id, b.approver_id AS person_id, 'approver' AS role
  FROM bought AS b
  WHERE b.approver_id <> ''
  UNION ALL
  SELECT b.purchase_id, e.person_id, 'manager' AS role
  FROM bought AS b
  JOIN soe_employee AS e
    ON e.company_id = b.company_id
  WHERE STRPOS('|' || b.manager_positions || '|', '|' || e.position || '|') > 0
    AND e.hire_date <= b.award_date
    AND (e.leave_date IS NULL OR e.leave_date >= b.award_date)
  UNION ALL
  SELECT b.purchase_id, e.person_id, 'manager' AS role
  FROM bought AS b
  JOIN soe_employee AS e
    ON e.company_id = b.parent_company_id
  WHERE STRPOS('|' || b.manager_positions || '|', '|' || e.position || '|') > 0
    AND e.hire_date <= b.award_date
    AND (e.leave_date IS NULL OR e.leave_date >= b.award_date)
), behind AS (
  SELECT b.purchase_id, b.supplier_id AS close_id, CAST(NULL AS VARCHAR) AS min_tier
  FROM bought AS b
  UNION ALL
  SELECT b.purchase_id, k.person_id AS close_id, k.min_tier
  FROM bought AS b
  JOIN controls AS k
    ON k.company_id = b.supplier_id
  WHERE k.depth <= 2
    AND (k.share IS NULL OR k.share >= b.min_ratio)
    AND (k.from_date IS NULL OR k.from_date <= b.award_date)
    AND (k.to_date IS NULL OR k.to_date >= b.award_date)
), tie AS (
  SELECT
    i.purchase_id,
    i.person_id,
    i.role,
    CAST(NULL AS VARCHAR) AS relative_id,
    0 AS degree,
    h.min_tier
  FROM insider AS i
  JOIN behind AS h
    ON h.purchase_id = i.purchase_id
   AND h.close_id = i.person_id
  UNION ALL
  SELECT
    i.purchase_id,
    i.person_id,
    i.role,
    f.relative_id,
    f.degree,
    GREATEST(f.min_tier, h.min_tier) AS min_tier
  FROM insider AS i
  JOIN relative_of AS f
    ON f.person_id = i.person_id
  JOIN behind AS h
    ON h.purchase_id = i.purchase_id
   AND h.close_id = f.relative_id
  JOIN bought AS b
    ON b.purchase_id = i.purchase_id
  WHERE f.degree <= b.max_degree
    AND f.confidence >= b.min_conf
    AND (f.from_date IS NULL OR f.from_date <= b.award_date)
    AND (f.to_date IS NULL OR f.to_date >= b.award_date)
), nearest AS (
  SELECT
    b.company_id,
    b.supplier_id,
    t.person_id,
    t.relative_id,
    t.min_tier,
    ROW_NUMBER() OVER (
      PARTITION BY b.company_id, b.supplier_id, t.person_id
      ORDER BY t.degree, t.relative_id, t.min_tier
    ) AS place
  FROM tie AS t
  JOIN bought AS b
    ON b.purchase_id = t.purchase_id
), roles AS (
  SELECT
    b.company_id,
    b.supplier_id,
    t.person_id,
    STRING_AGG(DISTINCT t.role, ',' ORDER BY t.role) AS role
  FROM tie AS t
  JOIN bought AS b
    ON b.purchase_id = t.purchase_id
  GROUP BY b.company_id, b.supplier_id, t.person_id
), tied AS (
  SELECT DISTINCT
    b.company_id,
    b.supplier_id,
    b.area_code,
    t.person_id,
    b.purchase_id,
    b.award_amount,
    b.award_date
  FROM tie AS t
  JOIN bought AS b
    ON b.purchase_id = t.purchase_id
), total AS (
  SELECT
    d.company_id,
    d.supplier_id,
    d.person_id,
    d.area_code,
    COUNT(*) AS purchases,
    COALESCE(SUM(d.award_amount), 0) AS award_total,
    MIN(d.award_date) AS first_award_date,
    MAX(d.award_date) AS last_award_date
  FROM tied AS d
  GROUP BY d.company_id, d.supplier_id, d.person_id, d.area_code
)
SELECT
  t.company_id,
  t.supplier_id,
  t.person_id,
  t.area_code,
  n.relative_id,
  o.role,
  t.purchases,
  t.award_total,
  t.first_award_date,
  t.last_award_date,
  n.min_tier AS identity_tier,
  'red' AS grade
FROM total AS t
JOIN nearest AS n
  ON n.company_id = t.company_id
 AND n.supplier_id = t.supplier_id
 AND n.person_id = t.person_id
 AND n.place = 1
JOIN roles AS o
  ON o.company_id = t.company_id
 AND o.supplier_id = t.supplier_id
 AND o.person_id = t.person_id
