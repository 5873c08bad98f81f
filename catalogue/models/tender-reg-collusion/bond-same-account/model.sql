-- bonds of cancelled tenders are out from the first step, also as a witness that somebody is a guarantor
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH bond AS (
  SELECT
    b.section_id,
    b.bidder_id,
    b.payer_account,
    b.payer_id,
    b.refund_account,
    b.premium_payer_id,
    b.guarantor_id,
    b.guarantee_applied_time,
    RIGHT(REGEXP_REPLACE(b.guarantee_no, '[^0-9]', '', 'g'), 6) AS tail,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM bid_bond AS b
  LEFT JOIN tender_section AS s
    ON s.section_id = b.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), source AS (
  SELECT b.section_id, b.bidder_id, b.area_code, 'payer_account' AS name, b.payer_account AS value
  FROM bond AS b
  WHERE b.payer_account <> ''
  UNION ALL
  SELECT b.section_id, b.bidder_id, b.area_code, 'refund_account' AS name, b.refund_account AS value
  FROM bond AS b
  WHERE b.refund_account <> ''
  UNION ALL
  SELECT b.section_id, b.bidder_id, b.area_code, 'payer_id' AS name, b.payer_id AS value
  FROM bond AS b
  WHERE b.payer_id <> ''
    AND NOT EXISTS (SELECT 1 FROM bond AS g WHERE g.section_id = b.section_id AND g.guarantor_id = b.payer_id)
  UNION ALL
  SELECT b.section_id, b.bidder_id, b.area_code, 'premium_payer_id' AS name, b.premium_payer_id AS value
  FROM bond AS b
  WHERE b.premium_payer_id <> ''
    AND NOT EXISTS (SELECT 1 FROM bond AS g WHERE g.section_id = b.section_id AND g.guarantor_id = b.premium_payer_id)
), sign AS (
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.area_code,
    x.name,
    CAST(NULL AS BIGINT) AS seconds_apart
  FROM source AS x
  JOIN source AS y
    ON y.section_id = x.section_id
   AND y.name = x.name
   AND y.value = x.value
   AND y.bidder_id > x.bidder_id
  UNION ALL
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.area_code,
    'guarantee_no' AS name,
    -- cut to whole seconds first: the engines count parts of a second differently
    ABS(DATE_DIFF('second', DATE_TRUNC('second', x.guarantee_applied_time), DATE_TRUNC('second', y.guarantee_applied_time))) AS seconds_apart
  FROM bond AS x
  JOIN bond AS y
    ON y.section_id = x.section_id
   AND y.guarantor_id = x.guarantor_id
   AND y.bidder_id > x.bidder_id
  JOIN param AS q
    ON q.area_code = x.area_code
  WHERE x.guarantor_id <> ''
    AND y.guarantee_applied_time <= x.guarantee_applied_time + q.minutes * INTERVAL '1' MINUTE
    AND x.guarantee_applied_time <= y.guarantee_applied_time + q.minutes * INTERVAL '1' MINUTE
    AND ABS(CAST(NULLIF(x.tail, '') AS INTEGER) - CAST(NULLIF(y.tail, '') AS INTEGER)) = 1
)
SELECT
  g.section_id,
  g.company_id_a,
  g.company_id_b,
  STRING_AGG(DISTINCT g.name, ',' ORDER BY g.name) AS shared,
  CAST(MIN(g.seconds_apart) / 60 AS DECIMAL(18, 6)) AS minutes_apart,
  g.area_code,
  'red' AS grade
FROM sign AS g
GROUP BY g.section_id, g.company_id_a, g.company_id_b, g.area_code
