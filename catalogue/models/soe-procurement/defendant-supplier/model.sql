-- a case counts against a purchase when it was filed between the look-back and the end of its contracts
WITH bought AS (
  SELECT
    b.purchase_id,
    b.company_id,
    b.supplier_id,
    b.award_amount,
    b.award_date,
    q.area_code,
    q.lookback_months,
    q.min_amount,
    q.exclude_causes,
    q.closed_statuses,
    r.as_of
  FROM soe_purchase AS b
  LEFT JOIN company AS c
    ON c.company_id = b.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE b.award_date <= r.as_of
    AND b.company_id <> ''
    AND b.supplier_id <> ''
), term AS (
  SELECT
    s.purchase_id,
    MAX(s.end_date) AS end_date
  FROM soe_contract AS s
  GROUP BY s.purchase_id
), sued AS (
  SELECT
    b.company_id,
    b.supplier_id,
    b.area_code,
    b.purchase_id,
    b.award_amount,
    k.case_no,
    k.cause,
    k.amount,
    k.filed_date
  FROM bought AS b
  LEFT JOIN term AS t
    ON t.purchase_id = b.purchase_id
  JOIN court_case AS k
    ON k.party_id = b.supplier_id
  WHERE k.party_role = 'defendant'
    AND (k.amount IS NULL OR k.amount >= b.min_amount)
    AND COALESCE(STRPOS('|' || b.exclude_causes || '|', '|' || NULLIF(k.cause, '') || '|'), 0) = 0
    AND COALESCE(STRPOS('|' || b.closed_statuses || '|', '|' || NULLIF(k.status, '') || '|'), 0) = 0
    AND k.filed_date >= CAST(b.award_date - b.lookback_months * INTERVAL '1' MONTH AS DATE)
    AND k.filed_date <= COALESCE(t.end_date, CAST(b.award_date + b.lookback_months * INTERVAL '1' MONTH AS DATE))
    AND k.filed_date <= b.as_of
), affected AS (
  SELECT
    p.company_id,
    p.supplier_id,
    p.area_code,
    COUNT(*) AS purchases,
    COALESCE(SUM(p.award_amount), 0) AS award_total
  FROM (
    SELECT DISTINCT
      s.company_id,
      s.supplier_id,
      s.area_code,
      s.purchase_id,
      s.award_amount
    FROM sued AS s
  ) AS p
  GROUP BY p.company_id, p.supplier_id, p.area_code
), claimed AS (
  SELECT
    k.company_id,
    k.supplier_id,
    COUNT(*) AS cases,
    COALESCE(SUM(k.amount), 0) AS claimed_total,
    MIN(k.filed_date) AS first_filed_date,
    MAX(k.filed_date) AS last_filed_date
  FROM (
    SELECT DISTINCT
      s.company_id,
      s.supplier_id,
      s.case_no,
      s.amount,
      s.filed_date
    FROM sued AS s
  ) AS k
  GROUP BY k.company_id, k.supplier_id
), causes AS (
  SELECT
    k.company_id,
    k.supplier_id,
    STRING_AGG(k.cause, ',' ORDER BY k.cause) AS case_causes
  FROM (
    SELECT DISTINCT
      s.company_id,
      s.supplier_id,
      s.cause
    FROM sued AS s
    WHERE s.cause <> ''
  ) AS k
  GROUP BY k.company_id, k.supplier_id
), listed AS (
  SELECT DISTINCT
    e.subject_id
  FROM enforcement AS e
  CROSS JOIN run AS r
  WHERE e.in_date <= r.as_of
    AND (e.out_date IS NULL OR e.out_date > r.as_of)
)
SELECT
  a.company_id,
  a.supplier_id,
  a.area_code,
  a.purchases,
  a.award_total,
  c.cases,
  c.claimed_total,
  u.case_causes,
  c.first_filed_date,
  c.last_filed_date,
  CASE WHEN l.subject_id IS NULL THEN FALSE ELSE TRUE END AS enforcement_listed,
  CASE
    WHEN c.cases >= q.red_cases THEN 'red'
    WHEN a.award_total > 0 AND c.claimed_total >= q.red_ratio * a.award_total THEN 'red'
    WHEN l.subject_id IS NOT NULL THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM affected AS a
JOIN claimed AS c
  ON c.company_id = a.company_id
 AND c.supplier_id = a.supplier_id
LEFT JOIN causes AS u
  ON u.company_id = a.company_id
 AND u.supplier_id = a.supplier_id
LEFT JOIN listed AS l
  ON l.subject_id = a.supplier_id
JOIN param AS q
  ON q.area_code = a.area_code
