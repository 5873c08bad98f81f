-- holdings are read on the day of the bid deadline; legal representative and agent as registered now
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH present AS (
  SELECT DISTINCT
    b.section_id,
    b.bidder_id,
    CAST(t.bid_deadline AS DATE) AS deadline,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM bid AS b
  LEFT JOIN tender_section AS s
    ON s.section_id = b.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE NOT COALESCE(b.withdrawn, FALSE)
    AND (t.status IS NULL OR t.status <> 'cancelled')
), stake AS (
  SELECT
    p.section_id,
    p.bidder_id,
    p.area_code,
    h.holder_id,
    h.ratio
  FROM present AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  JOIN shareholder AS h
    ON h.company_id = p.bidder_id
  WHERE h.ratio >= q.ctrl_ratio
    AND (h.from_date IS NULL OR h.from_date <= p.deadline)
    AND (h.to_date IS NULL OR h.to_date >= p.deadline)
), led AS (
  SELECT
    p.section_id,
    p.bidder_id,
    p.area_code,
    c.legal_rep_id
  FROM present AS p
  JOIN company AS c
    ON c.company_id = p.bidder_id
  WHERE c.legal_rep_id <> ''
), filed AS (
  SELECT
    p.section_id,
    p.bidder_id,
    p.area_code,
    f.agent_person_id,
    TRIM(c.address) AS address
  FROM present AS p
  JOIN company AS c
    ON c.company_id = p.bidder_id
  JOIN company_agent AS f
    ON f.company_id = p.bidder_id
  WHERE f.agent_person_id <> ''
    AND TRIM(c.address) <> ''
), link AS (
  SELECT
    x.section_id,
    x.bidder_id AS company_id_a,
    y.bidder_id AS company_id_b,
    x.area_code,
    'legal_rep' AS link_type,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio
  FROM led AS x
  JOIN led AS y
    ON y.section_id = x.section_id
   AND y.legal_rep_id = x.legal_rep_id
   AND y.bidder_id > x.bidder_id
  UNION ALL
  SELECT
    k.section_id,
    k.bidder_id AS company_id_a,
    k.holder_id AS company_id_b,
    k.area_code,
    'holding' AS link_type,
    CAST(k.ratio AS DECIMAL(18, 6)) AS ratio
  FROM stake AS k
  JOIN present AS p
    ON p.section_id = k.section_id
   AND p.bidder_id = k.holder_id
  WHERE k.bidder_id < k.holder_id
  UNION ALL
  SELECT
    k.section_id,
    k.holder_id AS company_id_a,
    k.bidder_id AS company_id_b,
    k.area_code,
    'holding' AS link_type,
    CAST(k.ratio AS DECIMAL(18, 6)) AS ratio
  FROM stake AS k
  JOIN present AS p
    ON p.section_id = k.section_id
   AND p.bidder_id = k.holder_id
  WHERE k.bidder_id > k.holder_id
  UNION ALL
  SELECT
    k.section_id,
    k.bidder_id AS company_id_a,
    l.bidder_id AS company_id_b,
    k.area_code,
    'common_holder' AS link_type,
    CAST(LEAST(k.ratio, l.ratio) AS DECIMAL(18, 6)) AS ratio
  FROM stake AS k
  JOIN stake AS l
    ON l.section_id = k.section_id
   AND l.holder_id = k.holder_id
   AND l.bidder_id > k.bidder_id
  UNION ALL
  SELECT
    f.section_id,
    f.bidder_id AS company_id_a,
    g.bidder_id AS company_id_b,
    f.area_code,
    'agent_address' AS link_type,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio
  FROM filed AS f
  JOIN filed AS g
    ON g.section_id = f.section_id
   AND g.agent_person_id = f.agent_person_id
   AND g.address = f.address
   AND g.bidder_id > f.bidder_id
)
SELECT
  k.section_id,
  k.company_id_a,
  k.company_id_b,
  STRING_AGG(DISTINCT k.link_type, ',' ORDER BY k.link_type) AS link_types,
  MAX(k.ratio) AS ratio,
  k.area_code,
  'red' AS grade
FROM link AS k
GROUP BY k.section_id, k.company_id_a, k.company_id_b, k.area_code
