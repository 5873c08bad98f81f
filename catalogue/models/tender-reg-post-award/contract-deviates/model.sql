-- four separate comparisons; one that lacks a value is not made
WITH compared AS (
  SELECT
    c.contract_id,
    c.section_id,
    c.contractor_id,
    a.winner_id,
    COALESCE(NULLIF(c.currency, ''), 'CNY') AS currency,
    c.amount,
    a.award_price,
    DATE_DIFF('day', c.start_date, c.planned_end) + 1 AS days_planned,
    s.period_days,
    c.advance_ratio,
    q.area_code,
    CASE
      WHEN a.award_price > 0
       AND COALESCE(NULLIF(c.currency, ''), 'CNY') = COALESCE(NULLIF(a.currency, ''), 'CNY')
       AND ABS(c.amount - a.award_price) > CAST(q.tol AS DECIMAL(19, 6)) * a.award_price
      THEN 'a'
    END AS other_price,
    CASE WHEN c.contractor_id <> '' AND a.winner_id <> '' AND c.contractor_id <> a.winner_id THEN 'b' END AS other_party,
    CASE WHEN DATE_DIFF('day', c.start_date, c.planned_end) + 1 > s.period_days + q.period_tol_days THEN 'c' END AS longer,
    CASE WHEN c.advance_ratio > q.max_advance THEN 'd' END AS advance
  FROM tender_contract AS c
  LEFT JOIN award AS a
    ON a.section_id = c.section_id
  LEFT JOIN tender_section AS s
    ON s.section_id = c.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE c.contract_id <> ''
    AND (t.status IS NULL OR t.status <> 'cancelled')
)
SELECT
  d.contract_id,
  d.section_id,
  d.area_code,
  CONCAT_WS(',', d.other_price, d.other_party, d.longer, d.advance) AS reasons,
  d.currency,
  d.amount,
  d.award_price,
  d.days_planned,
  d.period_days,
  d.advance_ratio,
  d.contractor_id,
  d.winner_id,
  CASE WHEN d.currency = 'CNY' THEN d.amount END AS amount_cny,
  'red' AS grade
FROM compared AS d
WHERE COALESCE(d.other_price, d.other_party, d.longer, d.advance) IS NOT NULL
