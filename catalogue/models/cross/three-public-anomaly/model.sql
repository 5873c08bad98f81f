WITH claim AS (
  SELECT
    e.claim_id,
    e.org_id,
    e.merchant_id,
    e.person_id,
    e.amount,
    e.claim_date,
    e.invoice_no,
    q.area_code,
    q.min_run,
    q.positions,
    q.max_degree,
    q.min_conf,
    q.min_ratio,
    r.as_of
  FROM expense_claim AS e
  LEFT JOIN org AS g
    ON g.org_id = e.org_id
  LEFT JOIN param AS own
    ON own.area_code = g.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE e.org_id <> ''
    AND e.merchant_id <> ''
    AND e.claim_date > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
    AND e.claim_date <= r.as_of
), bad AS (
  SELECT DISTINCT
    c.org_id,
    c.merchant_id
  FROM claim AS c
  JOIN invoice AS i
    ON i.invoice_no = c.invoice_no
  WHERE i.status IN ('void', 'red')
    AND (i.issue_date IS NULL OR i.issue_date <= c.as_of)
), numbered AS (
  -- each invoice once, on the day it was first claimed
  SELECT
    c.org_id,
    c.merchant_id,
    c.invoice_no,
    c.min_run,
    MIN(c.claim_date) AS claim_date,
    COUNT(*) AS claims
  FROM claim AS c
  WHERE c.invoice_no <> ''
  GROUP BY c.org_id, c.merchant_id, c.invoice_no, c.min_run
), serial AS (
  SELECT
    n.org_id,
    n.merchant_id,
    n.min_run,
    n.claim_date,
    SUBSTR(n.invoice_no, 1, LENGTH(n.invoice_no) - 8) AS lead_part,
    CASE
      WHEN REGEXP_REPLACE(RIGHT(n.invoice_no, 8), '[0-9]', '', 'g') = '' THEN CAST(RIGHT(n.invoice_no, 8) AS BIGINT)
    END AS number
  FROM numbered AS n
  WHERE LENGTH(n.invoice_no) >= 8
), island AS (
  SELECT
    s.org_id,
    s.merchant_id,
    s.min_run,
    s.claim_date,
    s.lead_part,
    s.number - ROW_NUMBER() OVER (PARTITION BY s.org_id, s.merchant_id, s.lead_part ORDER BY s.number) AS island
  FROM serial AS s
  WHERE s.number IS NOT NULL
), watched AS (
  SELECT DISTINCT
    c.org_id,
    c.merchant_id,
    c.claim_date,
    c.person_id
  FROM claim AS c
  WHERE c.person_id <> ''
  UNION ALL
  SELECT DISTINCT
    c.org_id,
    c.merchant_id,
    c.claim_date,
    o.person_id
  FROM claim AS c
  JOIN in_office AS o
    ON o.org_id = c.org_id
  WHERE (o.from_date IS NULL OR o.from_date <= c.claim_date)
    AND (o.to_date IS NULL OR o.to_date >= c.claim_date)
    AND STRPOS('|' || c.positions || '|', '|' || NULLIF(o.position, '') || '|') > 0
), behind AS (
  -- the merchant itself, and who controls it on the day of the claim
  SELECT DISTINCT
    c.org_id,
    c.merchant_id,
    c.claim_date,
    c.max_degree,
    c.min_conf,
    c.merchant_id AS person_id,
    'T1' AS min_tier
  FROM claim AS c
  UNION ALL
  SELECT DISTINCT
    c.org_id,
    c.merchant_id,
    c.claim_date,
    c.max_degree,
    c.min_conf,
    k.person_id,
    k.min_tier
  FROM claim AS c
  JOIN controls AS k
    ON k.company_id = c.merchant_id
  WHERE k.depth <= 2
    AND COALESCE(k.share, 1) >= c.min_ratio
    AND (k.from_date IS NULL OR k.from_date <= c.claim_date)
    AND (k.to_date IS NULL OR k.to_date >= c.claim_date)
), near AS (
  SELECT
    b.org_id,
    b.merchant_id,
    b.claim_date,
    b.person_id,
    b.min_tier
  FROM behind AS b
  UNION ALL
  SELECT
    b.org_id,
    b.merchant_id,
    b.claim_date,
    n.person_id,
    CASE WHEN n.min_tier < b.min_tier THEN b.min_tier ELSE n.min_tier END AS min_tier
  FROM behind AS b
  JOIN relative_of AS n
    ON n.relative_id = b.person_id
  WHERE n.degree <= b.max_degree
    AND n.confidence >= b.min_conf
    AND (n.from_date IS NULL OR n.from_date <= b.claim_date)
    AND (n.to_date IS NULL OR n.to_date >= b.claim_date)
), tie AS (
  SELECT
    n.org_id,
    n.merchant_id,
    MIN(n.min_tier) AS min_tier
  FROM near AS n
  JOIN watched AS w
    ON w.org_id = n.org_id
   AND w.merchant_id = n.merchant_id
   AND w.claim_date = n.claim_date
   AND w.person_id = n.person_id
  GROUP BY n.org_id, n.merchant_id
), sign AS (
  SELECT b.org_id, b.merchant_id, 'a' AS letter, CAST(NULL AS VARCHAR) AS min_tier
  FROM bad AS b
  UNION ALL
  SELECT n.org_id, n.merchant_id, 'a' AS letter, CAST(NULL AS VARCHAR) AS min_tier
  FROM numbered AS n
  WHERE n.claims > 1
  UNION ALL
  SELECT i.org_id, i.merchant_id, 'b' AS letter, CAST(NULL AS VARCHAR) AS min_tier
  FROM island AS i
  GROUP BY i.org_id, i.merchant_id, i.lead_part, i.island, i.min_run
  HAVING COUNT(*) >= i.min_run
     AND COUNT(DISTINCT i.claim_date) >= i.min_run
  UNION ALL
  SELECT t.org_id, t.merchant_id, 'c' AS letter, t.min_tier
  FROM tie AS t
), listed AS (
  SELECT
    s.org_id,
    s.merchant_id,
    STRING_AGG(s.letter, ',' ORDER BY s.letter) AS reasons,
    MIN(s.min_tier) AS min_tier
  FROM (
    SELECT DISTINCT
      g.org_id,
      g.merchant_id,
      g.letter,
      g.min_tier
    FROM sign AS g
  ) AS s
  GROUP BY s.org_id, s.merchant_id
), claimant AS (
  SELECT
    p.org_id,
    p.merchant_id,
    STRING_AGG(p.person_id, ',' ORDER BY p.person_id) AS person_ids
  FROM (
    SELECT DISTINCT
      c.org_id,
      c.merchant_id,
      c.person_id
    FROM claim AS c
    WHERE c.person_id <> ''
  ) AS p
  GROUP BY p.org_id, p.merchant_id
), summed AS (
  SELECT
    c.org_id,
    c.merchant_id,
    c.area_code,
    COUNT(*) AS claims,
    SUM(c.amount) AS amount_total,
    MIN(c.claim_date) AS first_claim_date,
    MAX(c.claim_date) AS last_claim_date
  FROM claim AS c
  GROUP BY c.org_id, c.merchant_id, c.area_code
)
SELECT
  s.org_id,
  s.merchant_id,
  s.area_code,
  s.claims,
  CAST(COALESCE(s.amount_total, 0) AS DECIMAL(18, 2)) AS amount_total,
  l.reasons,
  p.person_ids,
  s.first_claim_date,
  s.last_claim_date,
  l.min_tier AS identity_tier,
  'yellow' AS grade
FROM summed AS s
JOIN listed AS l
  ON l.org_id = s.org_id
 AND l.merchant_id = s.merchant_id
LEFT JOIN claimant AS p
  ON p.org_id = s.org_id
 AND p.merchant_id = s.merchant_id
