WITH large AS (
  SELECT
    p.payment_id,
    p.company_id,
    p.payee_id,
    p.amount,
    p.pay_date,
    NULLIF(p.decision_id, '') AS decision_id,
    q.area_code,
    q.quorum
  FROM soe_payment AS p
  LEFT JOIN company AS c
    ON c.company_id = p.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.payment_id <> ''
    AND p.amount >= q."limit"
    AND COALESCE(STRPOS('|' || q.exempt_purposes || '|', '|' || NULLIF(p.purpose, '') || '|'), 0) = 0
), spent AS (
  -- what the decision had to cover up to the day of the payment, small sums included
  SELECT
    g.payment_id,
    SUM(p.amount) AS spent
  FROM large AS g
  JOIN soe_payment AS p
    ON p.company_id = g.company_id
   AND p.decision_id = g.decision_id
  WHERE p.pay_date <= g.pay_date
  GROUP BY g.payment_id
), decided AS (
  SELECT
    g.payment_id,
    d.decision_id,
    d.meeting_date IS NULL OR COALESCE(d.meeting_date > g.pay_date, FALSE) AS no_meeting,
    NOT COALESCE(d.eligible > 0 AND d.attended >= g.quorum * d.eligible, FALSE) AS no_quorum,
    d.party_precheck_date IS NULL OR COALESCE(d.party_precheck_date > d.meeting_date, FALSE) AS no_precheck,
    COALESCE(s.spent > d.amount, FALSE) AS over_amount
  FROM large AS g
  JOIN soe_decision AS d
    ON d.decision_id = g.decision_id
   AND d.company_id = g.company_id
  LEFT JOIN spent AS s
    ON s.payment_id = g.payment_id
), missing AS (
  SELECT g.payment_id, 'decision' AS reason
  FROM large AS g
  WHERE NOT EXISTS (SELECT 1 FROM decided AS d WHERE d.payment_id = g.payment_id)
  UNION ALL
  SELECT d.payment_id, 'meeting' AS reason
  FROM decided AS d
  WHERE d.no_meeting
  UNION ALL
  SELECT d.payment_id, 'quorum' AS reason
  FROM decided AS d
  WHERE d.no_quorum
  UNION ALL
  SELECT d.payment_id, 'precheck' AS reason
  FROM decided AS d
  WHERE d.no_precheck
  UNION ALL
  SELECT d.payment_id, 'amount' AS reason
  FROM decided AS d
  WHERE d.over_amount
)
SELECT
  g.payment_id,
  g.area_code,
  g.company_id,
  g.payee_id,
  g.amount,
  g.pay_date,
  STRING_AGG(m.reason, ',' ORDER BY m.reason) AS reasons,
  g.decision_id,
  'red' AS grade
FROM large AS g
JOIN missing AS m
  ON m.payment_id = g.payment_id
GROUP BY g.payment_id, g.area_code, g.company_id, g.payee_id, g.amount, g.pay_date, g.decision_id
