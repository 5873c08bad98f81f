-- what two bonds of a section share is rare: values met twice come first, so that few rows are joined, placed and read
-- bonds of cancelled tenders are out, also as a witness that somebody is a guarantor: a section has one tender
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH twice AS (
  SELECT b.section_id, 'payer_account' AS name, b.payer_account AS value
  FROM bid_bond AS b
  WHERE b.payer_account <> ''
  GROUP BY b.section_id, b.payer_account
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT b.section_id, 'refund_account' AS name, b.refund_account AS value
  FROM bid_bond AS b
  WHERE b.refund_account <> ''
  GROUP BY b.section_id, b.refund_account
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT b.section_id, 'payer_id' AS name, b.payer_id AS value
  FROM bid_bond AS b
  WHERE b.payer_id <> ''
  GROUP BY b.section_id, b.payer_id
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT b.section_id, 'premium_payer_id' AS name, b.premium_payer_id AS value
  FROM bid_bond AS b
  WHERE b.premium_payer_id <> ''
  GROUP BY b.section_id, b.premium_payer_id
  HAVING COUNT(*) > 1
), source AS (
  SELECT
    w.section_id,
    w.name,
    w.value,
    b.bidder_id
  FROM twice AS w
  JOIN bid_bond AS b
    ON b.section_id = w.section_id
  WHERE w.value = CASE w.name
      WHEN 'payer_account' THEN b.payer_account
      WHEN 'refund_account' THEN b.refund_account
      WHEN 'payer_id' THEN b.payer_id
      ELSE b.premium_payer_id
    END
    AND (
      w.name = 'payer_account'
      OR w.name = 'refund_account'
      OR NOT EXISTS (SELECT 1 FROM bid_bond AS g WHERE g.section_id = w.section_id AND g.guarantor_id = w.value)
    )
), loose AS (
  SELECT MAX(q.minutes) AS minutes
  FROM param AS q
), applied AS (
  -- numbers are taken apart for the few that one guarantor received at nearly the same time
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.guarantee_applied_time AS applied_a,
    y.guarantee_applied_time AS applied_b,
    RIGHT(REGEXP_REPLACE(x.guarantee_no, '[^0-9]', '', 'g'), 6) AS tail_a,
    RIGHT(REGEXP_REPLACE(y.guarantee_no, '[^0-9]', '', 'g'), 6) AS tail_b
  FROM bid_bond AS x
  JOIN bid_bond AS y
    ON y.section_id = x.section_id
   AND y.guarantor_id = x.guarantor_id
   AND y.bidder_id > x.bidder_id
  CROSS JOIN loose AS l
  WHERE x.guarantor_id <> ''
    AND y.guarantee_applied_time <= x.guarantee_applied_time + l.minutes * INTERVAL '1' MINUTE
    AND x.guarantee_applied_time <= y.guarantee_applied_time + l.minutes * INTERVAL '1' MINUTE
), sign AS (
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.name,
    CAST(NULL AS TIMESTAMP) AS applied_a,
    CAST(NULL AS TIMESTAMP) AS applied_b
  FROM source AS x
  JOIN source AS y
    ON y.section_id = x.section_id
   AND y.name = x.name
   AND y.value = x.value
   AND y.bidder_id > x.bidder_id
  UNION ALL
  SELECT
    a.section_id,
    a.company_id_a,
    a.company_id_b,
    'guarantee_no' AS name,
    a.applied_a,
    a.applied_b
  FROM applied AS a
  WHERE ABS(CAST(NULLIF(a.tail_a, '') AS INTEGER) - CAST(NULLIF(a.tail_b, '') AS INTEGER)) = 1
), placed AS (
  SELECT
    g.section_id,
    g.company_id_a,
    g.company_id_b,
    g.name,
    g.applied_a,
    g.applied_b,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM sign AS g
  LEFT JOIN tender_section AS s
    ON s.section_id = g.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
)
SELECT
  g.section_id,
  g.company_id_a,
  g.company_id_b,
  STRING_AGG(DISTINCT g.name, ',' ORDER BY g.name) AS shared,
  -- cut to whole seconds first: the engines count parts of a second differently
  CAST(
    MIN(ABS(DATE_DIFF('second', DATE_TRUNC('second', g.applied_a), DATE_TRUNC('second', g.applied_b)))) / 60 AS DECIMAL(18, 6)
  ) AS minutes_apart,
  g.area_code,
  'red' AS grade
FROM placed AS g
LEFT JOIN param AS q
  ON q.area_code = g.area_code
WHERE g.name <> 'guarantee_no'
   OR (
     g.applied_b <= g.applied_a + q.minutes * INTERVAL '1' MINUTE
     AND g.applied_a <= g.applied_b + q.minutes * INTERVAL '1' MINUTE
   )
GROUP BY g.section_id, g.company_id_a, g.company_id_b, g.area_code
