-- the dividend of one share is the median of what the holders of shares got for one
-- it is a rounded quotient, so a millionth of a yuan makes no difference
WITH paid AS (
  SELECT
    d.village_code,
    d.person_id,
    d.year,
    COALESCE(SUM(d.amount), 0) AS amount,
    MAX(d.pay_date) AS last_pay_date
  FROM dividend_payment AS d
  WHERE d.village_code <> ''
    AND d.person_id <> ''
    AND d.year IS NOT NULL
  GROUP BY d.village_code, d.person_id, d.year
), member AS (
  SELECT
    p.village_code,
    p.person_id,
    p.year,
    CAST(COALESCE(SUM(m.shares), 0) AS DECIMAL(18,6)) AS shares
  FROM paid AS p
  JOIN collective_member AS m
    ON m.village_code = p.village_code
   AND m.person_id = p.person_id
  WHERE (m.from_date IS NULL OR m.from_date <= p.last_pay_date)
    AND (m.to_date IS NULL OR m.to_date >= p.last_pay_date)
    AND p.last_pay_date IS NOT NULL
  GROUP BY p.village_code, p.person_id, p.year
), quotient AS (
  SELECT
    p.village_code,
    p.year,
    p.person_id,
    CAST(p.amount / m.shares AS DECIMAL(28,12)) AS per_share
  FROM paid AS p
  JOIN member AS m
    ON m.village_code = p.village_code
   AND m.person_id = p.person_id
   AND m.year = p.year
  WHERE m.shares > 0
), ranked AS (
  SELECT
    k.village_code,
    k.year,
    k.per_share,
    ROW_NUMBER() OVER (PARTITION BY k.village_code, k.year ORDER BY k.per_share, k.person_id) AS n,
    COUNT(*) OVER (PARTITION BY k.village_code, k.year) AS persons
  FROM quotient AS k
), unit_dividend AS (
  -- the middle one, or the mean of the two in the middle
  SELECT
    k.village_code,
    k.year,
    CAST(SUM(k.per_share) / COUNT(*) AS DECIMAL(28,12)) AS per_share
  FROM ranked AS k
  WHERE 2 * k.n >= k.persons
    AND 2 * k.n <= k.persons + 2
  GROUP BY k.village_code, k.year
), other_account AS (
  SELECT DISTINCT d.village_code, d.person_id, d.year
  FROM dividend_payment AS d
  JOIN bank_account AS b
    ON b.account_no = d.account_no
  WHERE b.owner_id <> d.person_id
    AND b.owner_id <> ''
), expected AS (
  SELECT
    p.village_code,
    p.person_id,
    p.year,
    p.amount,
    p.last_pay_date,
    m.shares,
    CAST(COALESCE(m.shares, 0) * u.per_share AS DECIMAL(26,7)) AS expected_amount
  FROM paid AS p
  LEFT JOIN member AS m
    ON m.village_code = p.village_code
   AND m.person_id = p.person_id
   AND m.year = p.year
  LEFT JOIN unit_dividend AS u
    ON u.village_code = p.village_code
   AND u.year = p.year
), tested AS (
  SELECT
    e.village_code,
    e.person_id,
    e.year,
    q.area_code,
    e.amount,
    e.expected_amount,
    CASE WHEN e.shares IS NULL THEN 'not_member' END AS not_member,
    CASE WHEN x.death_date < CAST(e.last_pay_date - q.dead_days * INTERVAL '1' DAY AS DATE) THEN 'dead' END AS dead,
    CASE
      WHEN e.shares IS NOT NULL
       AND ABS(e.amount - e.expected_amount) > q.tol * e.expected_amount + 0.000001 THEN 'amount'
    END AS off_amount,
    CASE WHEN o.person_id IS NOT NULL THEN 'account' END AS off_account
  FROM expected AS e
  LEFT JOIN death_record AS x
    ON x.person_id = e.person_id
  LEFT JOIN other_account AS o
    ON o.village_code = e.village_code
   AND o.person_id = e.person_id
   AND o.year = e.year
  LEFT JOIN param AS own
    ON own.area_code = e.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
)
SELECT
  t.village_code,
  t.person_id,
  t.year,
  t.area_code,
  CAST(t.amount AS DECIMAL(18,2)) AS amount,
  CAST(t.expected_amount AS DECIMAL(18,2)) AS expected_amount,
  CONCAT_WS(',', t.off_account, t.off_amount, t.dead, t.not_member) AS reasons,
  'yellow' AS grade
FROM tested AS t
WHERE t.not_member IS NOT NULL
   OR t.dead IS NOT NULL
   OR t.off_amount IS NOT NULL
   OR t.off_account IS NOT NULL
