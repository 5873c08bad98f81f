-- reasons: a no valid vote before the loan, b the party is tied to an official of the village, c overdue and not repaid
WITH loan AS (
  SELECT
    l.loan_id,
    l.village_code,
    l.counterparty_id,
    l.amount,
    l.loan_date,
    l.due_date,
    CASE WHEN l.repaid_date <= r.as_of THEN l.repaid_date END AS repaid_date,
    q.area_code,
    q.quorum,
    q.majority,
    q.max_degree,
    q.min_conf,
    q.min_ratio,
    r.as_of
  FROM village_loan AS l
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE l.direction IN ('lend', 'guarantee')
    AND (l.loan_date IS NULL OR l.loan_date <= r.as_of)
), voted AS (
  SELECT DISTINCT l.loan_id
  FROM loan AS l
  JOIN village_decision AS d
    ON d.matter_id = l.loan_id
  WHERE d.step = 'vote'
    AND d.step_date <= l.loan_date
    AND d.eligible > 0
    AND d.attended >= l.quorum * d.eligible
    AND d.attended > 0
    AND d.votes_for > l.majority * d.attended
), tie AS (
  SELECT
    l.loan_id,
    t.min_tier,
    ROW_NUMBER() OVER (PARTITION BY l.loan_id ORDER BY t.min_tier, t.degree, t.official_id) AS rank
  FROM loan AS l
  JOIN in_office AS o
    ON o.village_code = l.village_code
  JOIN related_party AS t
    ON t.official_id = o.person_id
   AND t.party_id = l.counterparty_id
  WHERE (o.from_date IS NULL OR o.from_date <= l.loan_date)
    AND (o.to_date IS NULL OR o.to_date >= l.loan_date)
    AND (t.from_date IS NULL OR t.from_date <= l.loan_date)
    AND (t.to_date IS NULL OR t.to_date >= l.loan_date)
    AND l.loan_date IS NOT NULL
    AND t.degree <= l.max_degree
    AND COALESCE(t.confidence, 1) >= l.min_conf
    AND COALESCE(t.share, 1) >= l.min_ratio
    AND t.levels <= 2
), tested AS (
  SELECT
    l.loan_id,
    l.village_code,
    l.area_code,
    l.counterparty_id,
    l.amount,
    l.loan_date,
    l.due_date,
    CASE WHEN v.loan_id IS NULL THEN 'a' END AS a,
    CASE WHEN k.loan_id IS NOT NULL THEN 'b' END AS b,
    CASE WHEN l.repaid_date IS NULL AND l.due_date < l.as_of THEN 'c' END AS c,
    k.min_tier AS link_tier
  FROM loan AS l
  LEFT JOIN voted AS v
    ON v.loan_id = l.loan_id
  LEFT JOIN tie AS k
    ON k.loan_id = l.loan_id
   AND k.rank = 1
)
SELECT
  t.loan_id,
  t.village_code,
  t.area_code,
  t.counterparty_id,
  t.amount,
  CONCAT_WS(',', t.a, t.b, t.c) AS reasons,
  t.loan_date,
  t.due_date,
  CASE WHEN t.a IS NULL AND t.c IS NULL THEN t.link_tier END AS identity_tier,
  'red' AS grade
FROM tested AS t
WHERE t.a IS NOT NULL
   OR t.b IS NOT NULL
   OR t.c IS NOT NULL
