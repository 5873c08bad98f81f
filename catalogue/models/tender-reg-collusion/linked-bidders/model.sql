-- holdings are read on the day of the bid deadline; legal representative and agent as registered now
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH present AS (
  SELECT DISTINCT
    b.section_id,
    b.bidder_id
  FROM bid AS b
  WHERE NOT COALESCE(b.withdrawn, FALSE)
), pair AS (
  SELECT
    a.section_id,
    a.bidder_id AS company_id_a,
    b.bidder_id AS company_id_b,
    CAST(t.bid_deadline AS DATE) AS deadline,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM present AS a
  JOIN present AS b
    ON b.section_id = a.section_id
   AND b.bidder_id > a.bidder_id
  LEFT JOIN tender_section AS s
    ON s.section_id = a.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
), stake AS (
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    h.company_id,
    h.holder_id,
    h.ratio
  FROM pair AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  JOIN shareholder AS h
    ON h.company_id = p.company_id_a
  WHERE h.ratio >= q.ctrl_ratio
    AND (h.from_date IS NULL OR h.from_date <= p.deadline)
    AND (h.to_date IS NULL OR h.to_date >= p.deadline)
  UNION ALL
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    h.company_id,
    h.holder_id,
    h.ratio
  FROM pair AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  JOIN shareholder AS h
    ON h.company_id = p.company_id_b
  WHERE h.ratio >= q.ctrl_ratio
    AND (h.from_date IS NULL OR h.from_date <= p.deadline)
    AND (h.to_date IS NULL OR h.to_date >= p.deadline)
), link AS (
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    'legal_rep' AS link_type,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio
  FROM pair AS p
  JOIN company AS x
    ON x.company_id = p.company_id_a
  JOIN company AS y
    ON y.company_id = p.company_id_b
   AND y.legal_rep_id = x.legal_rep_id
  WHERE x.legal_rep_id <> ''
  UNION ALL
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    'holding' AS link_type,
    CAST(k.ratio AS DECIMAL(18, 6)) AS ratio
  FROM pair AS p
  JOIN stake AS k
    ON k.section_id = p.section_id
   AND k.company_id_a = p.company_id_a
   AND k.company_id_b = p.company_id_b
  WHERE (k.company_id = p.company_id_a AND k.holder_id = p.company_id_b)
     OR (k.company_id = p.company_id_b AND k.holder_id = p.company_id_a)
  UNION ALL
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    'common_holder' AS link_type,
    CAST(LEAST(k.ratio, l.ratio) AS DECIMAL(18, 6)) AS ratio
  FROM pair AS p
  JOIN stake AS k
    ON k.section_id = p.section_id
   AND k.company_id_a = p.company_id_a
   AND k.company_id_b = p.company_id_b
   AND k.company_id = p.company_id_a
  JOIN stake AS l
    ON l.section_id = p.section_id
   AND l.company_id_a = p.company_id_a
   AND l.company_id_b = p.company_id_b
   AND l.company_id = p.company_id_b
   AND l.holder_id = k.holder_id
  UNION ALL
  SELECT
    p.section_id,
    p.company_id_a,
    p.company_id_b,
    p.area_code,
    'agent_address' AS link_type,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio
  FROM pair AS p
  JOIN company AS x
    ON x.company_id = p.company_id_a
  JOIN company AS y
    ON y.company_id = p.company_id_b
  JOIN company_agent AS f
    ON f.company_id = p.company_id_a
  JOIN company_agent AS g
    ON g.company_id = p.company_id_b
   AND g.agent_person_id = f.agent_person_id
  WHERE f.agent_person_id <> ''
    AND TRIM(x.address) <> ''
    AND TRIM(y.address) = TRIM(x.address)
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
