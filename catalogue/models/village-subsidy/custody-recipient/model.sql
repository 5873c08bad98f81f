-- months are numbered (year * 12 + month), so that whole months are counted by subtraction and none is counted twice
WITH held AS (
  SELECT
    c.person_id,
    c.custody_from,
    CASE WHEN c.custody_to <= r.as_of THEN c.custody_to END AS custody_to,
    CASE WHEN c.custody_to <= r.as_of THEN c.custody_to ELSE r.as_of END AS held_to,
    r.as_of
  FROM custody AS c
  CROSS JOIN run AS r
  WHERE c.person_id <> ''
    AND c.custody_from <= r.as_of
), subsidy AS (
  SELECT
    h.person_id,
    h.custody_from,
    h.custody_to,
    p.pay_id,
    p.amount,
    p.pay_date,
    q.area_code
  FROM held AS h
  JOIN subsidy_payment AS p
    ON p.person_id = h.person_id
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE DATE_DIFF('day', h.custody_from, h.held_to) > q.min_days
    AND p.pay_date > CAST(h.custody_from + q.min_days * INTERVAL '1' DAY AS DATE)
    AND p.pay_date <= r.as_of
    AND (h.custody_to IS NULL OR p.pay_date < h.custody_to)
), support AS (
  SELECT
    h.person_id,
    h.custody_from,
    h.custody_to,
    l.benefit_type,
    l.from_date,
    l.monthly_amount,
    q.area_code,
    CAST(GREATEST(COALESCE(l.from_date, h.custody_from), h.custody_from) - INTERVAL '1' DAY AS DATE) AS day_before,
    CAST(LEAST(COALESCE(l.to_date, h.held_to), h.held_to) + INTERVAL '1' DAY AS DATE) AS day_after
  FROM held AS h
  JOIN low_income AS l
    ON l.person_id = h.person_id
  LEFT JOIN param AS own
    ON own.area_code = l.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE DATE_DIFF('day', h.custody_from, h.held_to) > q.min_days
    AND (l.from_date IS NULL OR l.from_date <= CAST(h.custody_from + q.min_days * INTERVAL '1' DAY AS DATE))
    AND (l.to_date IS NULL OR l.to_date > CAST(h.custody_from + q.min_days * INTERVAL '1' DAY AS DATE))
), span AS (
  SELECT
    s.person_id,
    s.custody_from,
    s.custody_to,
    s.benefit_type,
    s.from_date,
    s.monthly_amount,
    s.area_code,
    EXTRACT(YEAR FROM s.day_before) * 12 + EXTRACT(MONTH FROM s.day_before) + 1 AS first_month,
    EXTRACT(YEAR FROM s.day_after) * 12 + EXTRACT(MONTH FROM s.day_after) - 1 AS last_month
  FROM support AS s
), whole AS (
  SELECT
    s.person_id,
    s.custody_from,
    s.custody_to,
    s.monthly_amount,
    s.area_code,
    GREATEST(
      0,
      s.last_month - GREATEST(
        s.first_month,
        COALESCE(
          MAX(s.last_month) OVER (
            PARTITION BY s.person_id, s.benefit_type, s.from_date
            ORDER BY s.first_month, s.last_month, s.custody_from
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
          ) + 1,
          0
        )
      ) + 1
    ) AS months
  FROM span AS s
), matter AS (
  SELECT
    p.person_id,
    p.custody_from,
    p.custody_to,
    p.pay_date,
    p.area_code
  FROM subsidy AS p
  UNION ALL
  SELECT
    w.person_id,
    w.custody_from,
    w.custody_to,
    CAST(NULL AS DATE) AS pay_date,
    w.area_code
  FROM whole AS w
), ranked AS (
  SELECT
    m.person_id,
    m.custody_from,
    m.custody_to,
    m.pay_date,
    m.area_code,
    ROW_NUMBER() OVER (PARTITION BY m.person_id ORDER BY CASE WHEN m.pay_date IS NULL THEN 1 ELSE 0 END, m.pay_date DESC, m.area_code) AS latest,
    ROW_NUMBER() OVER (PARTITION BY m.person_id ORDER BY m.custody_from DESC, m.area_code) AS shown
  FROM matter AS m
), counted AS (
  SELECT
    x.person_id,
    SUM(x.payments) AS payments,
    SUM(x.amount) AS amount_total
  FROM (
    SELECT
      d.person_id,
      1 AS payments,
      COALESCE(d.amount, 0) AS amount
    FROM (
      SELECT DISTINCT
        p.person_id,
        p.pay_id,
        p.amount
      FROM subsidy AS p
    ) AS d
    UNION ALL
    SELECT
      w.person_id,
      w.months AS payments,
      COALESCE(w.monthly_amount * w.months, 0) AS amount
    FROM whole AS w
  ) AS x
  GROUP BY x.person_id
)
SELECT
  k.person_id,
  MAX(CASE WHEN k.latest = 1 THEN k.area_code END) AS area_code,
  MAX(n.payments) AS payments,
  MAX(n.amount_total) AS amount_total,
  MAX(CASE WHEN k.shown = 1 THEN k.custody_from END) AS custody_from,
  MAX(CASE WHEN k.shown = 1 THEN k.custody_to END) AS custody_to,
  MIN(k.pay_date) AS first_pay_date,
  MAX(k.pay_date) AS last_pay_date,
  'yellow' AS grade
FROM ranked AS k
JOIN counted AS n
  ON n.person_id = k.person_id
GROUP BY k.person_id
