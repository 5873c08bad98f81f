-- holdings are read on the day of the bid deadline; legal representative and agent as registered now
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
-- what two bids of a section have in common is rare: values met twice come first, and only their sections are placed
WITH loose AS (
  SELECT MIN(q.ctrl_ratio) AS ctrl_ratio
  FROM param AS q
), stake AS (
  SELECT
    b.section_id,
    b.bidder_id,
    h.holder_id,
    h.ratio,
    h.from_date,
    h.to_date
  FROM bid AS b
  JOIN shareholder AS h
    ON h.company_id = b.bidder_id
  CROSS JOIN loose AS l
  WHERE NOT COALESCE(b.withdrawn, FALSE)
    AND h.ratio >= l.ctrl_ratio
), twice AS (
  SELECT b.section_id, 'legal_rep' AS link_type, c.legal_rep_id AS value
  FROM bid AS b
  JOIN company AS c
    ON c.company_id = b.bidder_id
  WHERE NOT COALESCE(b.withdrawn, FALSE)
    AND c.legal_rep_id <> ''
  GROUP BY b.section_id, c.legal_rep_id
  HAVING COUNT(*) > 1
  UNION ALL
  SELECT k.section_id, 'common_holder' AS link_type, k.holder_id AS value
  FROM stake AS k
  GROUP BY k.section_id, k.holder_id
  HAVING COUNT(*) > 1
), holder AS (
  -- the bidders that have them
  SELECT
    w.section_id,
    w.link_type,
    w.value,
    b.bidder_id,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM twice AS w
  JOIN bid AS b
    ON b.section_id = w.section_id
  JOIN company AS c
    ON c.company_id = b.bidder_id
   AND c.legal_rep_id = w.value
  WHERE w.link_type = 'legal_rep'
    AND NOT COALESCE(b.withdrawn, FALSE)
  UNION ALL
  SELECT
    w.section_id,
    w.link_type,
    w.value,
    k.bidder_id,
    k.ratio,
    k.from_date,
    k.to_date
  FROM twice AS w
  JOIN stake AS k
    ON k.section_id = w.section_id
   AND k.holder_id = w.value
  WHERE w.link_type = 'common_holder'
), filed AS (
  SELECT b.section_id, f.agent_person_id
  FROM bid AS b
  JOIN company_agent AS f
    ON f.company_id = b.bidder_id
  WHERE NOT COALESCE(b.withdrawn, FALSE)
    AND f.agent_person_id <> ''
  GROUP BY b.section_id, f.agent_person_id
  HAVING COUNT(*) > 1
), filing AS (
  SELECT
    w.section_id,
    w.agent_person_id,
    b.bidder_id,
    TRIM(c.address) AS address
  FROM filed AS w
  JOIN bid AS b
    ON b.section_id = w.section_id
  JOIN company_agent AS f
    ON f.company_id = b.bidder_id
   AND f.agent_person_id = w.agent_person_id
  JOIN company AS c
    ON c.company_id = f.company_id
  WHERE NOT COALESCE(b.withdrawn, FALSE)
), link AS (
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.link_type,
    x.ratio AS ratio_a,
    y.ratio AS ratio_b,
    x.from_date AS from_a,
    x.to_date AS to_a,
    y.from_date AS from_b,
    y.to_date AS to_b
  FROM holder AS x
  JOIN holder AS y
    ON y.section_id = x.section_id
   AND y.link_type = x.link_type
   AND y.value = x.value
   AND y.bidder_id > x.bidder_id
  UNION ALL
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    'agent_address' AS link_type,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_a,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_b,
    CAST(NULL AS DATE) AS from_a,
    CAST(NULL AS DATE) AS to_a,
    CAST(NULL AS DATE) AS from_b,
    CAST(NULL AS DATE) AS to_b
  FROM filing AS x
  JOIN filing AS y
    ON y.section_id = x.section_id
   AND y.agent_person_id = x.agent_person_id
   AND y.address = x.address
   AND y.bidder_id > x.bidder_id
  WHERE x.address <> ''
  UNION ALL
  SELECT
    k.section_id,
    CASE WHEN k.bidder_id < k.holder_id THEN k.bidder_id ELSE k.holder_id END AS company_id_a,
    CASE WHEN k.bidder_id < k.holder_id THEN k.holder_id ELSE k.bidder_id END AS company_id_b,
    'holding' AS link_type,
    k.ratio AS ratio_a,
    k.ratio AS ratio_b,
    k.from_date AS from_a,
    k.to_date AS to_a,
    k.from_date AS from_b,
    k.to_date AS to_b
  FROM stake AS k
  JOIN bid AS b
    ON b.section_id = k.section_id
   AND b.bidder_id = k.holder_id
  WHERE k.bidder_id <> k.holder_id
    AND NOT COALESCE(b.withdrawn, FALSE)
), placed AS (
  SELECT
    k.section_id,
    k.company_id_a,
    k.company_id_b,
    k.link_type,
    k.ratio_a,
    k.ratio_b,
    k.from_a,
    k.to_a,
    k.from_b,
    k.to_b,
    CAST(t.bid_deadline AS DATE) AS deadline,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM link AS k
  LEFT JOIN tender_section AS s
    ON s.section_id = k.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
)
SELECT
  k.section_id,
  k.company_id_a,
  k.company_id_b,
  STRING_AGG(DISTINCT k.link_type, ',' ORDER BY k.link_type) AS link_types,
  MAX(CAST(LEAST(k.ratio_a, k.ratio_b) AS DECIMAL(18, 6))) AS ratio,
  k.area_code,
  'red' AS grade
FROM placed AS k
LEFT JOIN param AS q
  ON q.area_code = k.area_code
WHERE k.ratio_a IS NULL
   OR (
     k.ratio_a >= q.ctrl_ratio
     AND k.ratio_b >= q.ctrl_ratio
     AND (k.from_a IS NULL OR k.from_a <= k.deadline)
     AND (k.to_a IS NULL OR k.to_a >= k.deadline)
     AND (k.from_b IS NULL OR k.from_b <= k.deadline)
     AND (k.to_b IS NULL OR k.to_b >= k.deadline)
   )
GROUP BY k.section_id, k.company_id_a, k.company_id_b, k.area_code
