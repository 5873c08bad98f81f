-- the day of a bond is the day it was paid, or the guarantee applied for; later days than as_of have not happened
-- an area that is unknown, or not in param, takes the row of the top area, so that no bond is dropped
WITH bond AS (
  SELECT
    b.bond_id,
    b.section_id,
    b.bidder_id,
    b.payer_id,
    b.premium_payer_id,
    b.guarantor_id,
    b.amount,
    CAST(COALESCE(b.paid_time, b.guarantee_applied_time) AS DATE) AS paid_date,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM bid_bond AS b
  LEFT JOIN tender_section AS s
    ON s.section_id = b.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE (t.status IS NULL OR t.status <> 'cancelled')
    AND (COALESCE(b.paid_time, b.guarantee_applied_time) IS NULL
      OR CAST(COALESCE(b.paid_time, b.guarantee_applied_time) AS DATE) <= r.as_of)
), paid_by AS (
  SELECT b.payer_id AS funder_id, b.bond_id, b.section_id, b.bidder_id, b.amount, b.paid_date, b.area_code
  FROM bond AS b
  WHERE b.payer_id <> '' AND b.payer_id <> b.bidder_id
  UNION ALL
  SELECT b.premium_payer_id AS funder_id, b.bond_id, b.section_id, b.bidder_id, b.amount, b.paid_date, b.area_code
  FROM bond AS b
  WHERE b.premium_payer_id <> '' AND b.premium_payer_id <> b.bidder_id
), financed AS (
  -- who pays the bond and the premium of one and the same bond has financed it once
  SELECT DISTINCT
    f.funder_id,
    f.bond_id,
    f.section_id,
    f.bidder_id,
    f.amount,
    f.paid_date,
    f.area_code
  FROM paid_by AS f
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = f.area_code
  WHERE f.paid_date > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
    AND NOT EXISTS (SELECT 1 FROM bond AS g WHERE g.guarantor_id = f.funder_id)
), ranked AS (
  SELECT
    f.funder_id,
    f.section_id,
    f.bidder_id,
    f.amount,
    f.paid_date,
    f.area_code,
    ROW_NUMBER() OVER (PARTITION BY f.funder_id ORDER BY f.paid_date DESC, f.area_code, f.bond_id) AS latest
  FROM financed AS f
), total AS (
  SELECT
    k.funder_id,
    COUNT(DISTINCT k.bidder_id) AS bidders,
    COUNT(DISTINCT k.section_id) AS sections,
    CAST(COALESCE(SUM(k.amount), 0) AS DECIMAL(18, 2)) AS amount_total,
    MIN(k.paid_date) AS first_paid_date,
    MAX(k.paid_date) AS last_paid_date,
    MAX(CASE WHEN k.latest = 1 THEN k.area_code END) AS area_code
  FROM ranked AS k
  GROUP BY k.funder_id
)
SELECT
  g.funder_id,
  g.bidders,
  g.sections,
  g.amount_total,
  g.first_paid_date,
  g.last_paid_date,
  g.area_code,
  'red' AS grade
FROM total AS g
JOIN param AS q
  ON q.area_code = g.area_code
WHERE g.bidders >= q.min_bidders
  AND g.sections >= 2
