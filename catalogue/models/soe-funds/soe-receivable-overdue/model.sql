WITH claim AS (
  SELECT
    a.ar_id,
    a.company_id,
    a.debtor_id,
    a.due_date,
    a.write_off_date,
    a.amount - COALESCE(a.collected, 0) AS remainder,
    q.area_code,
    q.grace_days,
    q.min_amount,
    q.red_days,
    r.as_of
  FROM soe_receivable AS a
  LEFT JOIN company AS c
    ON c.company_id = a.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE a.company_id <> ''
    AND a.debtor_id <> ''
), tested AS (
  SELECT
    k.company_id,
    k.debtor_id,
    k.area_code,
    k.min_amount,
    k.red_days,
    k.as_of,
    k.remainder,
    CASE
      WHEN k.remainder > 0
       AND CAST(k.due_date + k.grace_days * INTERVAL '1' DAY AS DATE) < k.as_of
       AND (k.write_off_date IS NULL OR k.write_off_date > k.as_of)
      THEN k.due_date
    END AS overdue_since,
    k.write_off_date <= k.as_of AND NOT EXISTS (
      -- a decision large enough and not later than the write-off
      SELECT 1
      FROM soe_decision AS d
      WHERE d.company_id = k.company_id
        AND d.matter_type = 'write_off'
        AND d.amount >= k.remainder
        AND d.meeting_date <= k.write_off_date
    ) AS undecided
  FROM claim AS k
), debtor AS (
  SELECT
    t.company_id,
    t.debtor_id,
    t.area_code,
    t.min_amount,
    t.red_days,
    COUNT(t.overdue_since) AS receivables,
    COALESCE(SUM(t.remainder) FILTER (WHERE t.overdue_since IS NOT NULL), 0) AS overdue,
    DATE_DIFF('day', MIN(t.overdue_since), t.as_of) AS days_overdue,
    MIN(t.overdue_since) AS oldest_due_date,
    COALESCE(SUM(t.remainder) FILTER (WHERE t.undecided), 0) AS written_off
  FROM tested AS t
  GROUP BY t.company_id, t.debtor_id, t.area_code, t.min_amount, t.red_days, t.as_of
)
SELECT
  d.company_id,
  d.debtor_id,
  d.area_code,
  d.receivables,
  d.overdue,
  d.days_overdue,
  d.oldest_due_date,
  d.written_off,
  CASE WHEN d.days_overdue > d.red_days OR d.written_off >= d.min_amount THEN 'red' ELSE 'yellow' END AS grade
FROM debtor AS d
WHERE d.overdue >= d.min_amount
   OR d.written_off >= d.min_amount
