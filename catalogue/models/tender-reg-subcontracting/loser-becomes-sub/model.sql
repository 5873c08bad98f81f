-- a link is tested on the day the subcontract was signed, for each subcontract on its own
-- a holder that stands in the company register is a company, any other holder a person
WITH matter AS (
  SELECT
    k.sub_id,
    k.contract_id,
    k.sub_company_id,
    k.amount,
    k.sign_date,
    c.section_id,
    w.winner_id,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM subcontract AS k
  JOIN tender_contract AS c
    ON c.contract_id = k.contract_id
  JOIN award AS w
    ON w.section_id = c.section_id
  LEFT JOIN tender_section AS s
    ON s.section_id = c.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  CROSS JOIN run AS r
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  WHERE k.sub_company_id <> w.winner_id
    AND (t.status IS NULL OR t.status <> 'cancelled')
), meeting AS (
  -- a loser that withdrew its bid is a loser all the same
  SELECT DISTINCT
    m.sub_id,
    m.sub_company_id,
    m.sign_date,
    m.area_code,
    b.bidder_id AS loser_id
  FROM matter AS m
  JOIN bid AS b
    ON b.section_id = m.section_id
   AND b.bidder_id <> m.winner_id
), party AS (
  SELECT DISTINCT m.sub_id, m.sign_date, m.area_code, m.sub_company_id AS company_id
  FROM meeting AS m
  UNION ALL
  SELECT DISTINCT m.sub_id, m.sign_date, m.area_code, m.loser_id AS company_id
  FROM meeting AS m
  WHERE m.loser_id <> m.sub_company_id
), stake AS (
  SELECT
    p.sub_id,
    p.sign_date,
    p.area_code,
    p.company_id,
    h.holder_id
  FROM party AS p
  JOIN param AS q
    ON q.area_code = p.area_code
  JOIN shareholder AS h
    ON h.company_id = p.company_id
  WHERE h.ratio >= q.min_ratio
    AND (h.from_date IS NULL OR h.from_date <= p.sign_date)
    AND (h.to_date IS NULL OR h.to_date >= p.sign_date)
), body AS (
  -- the company itself and, one level up, the companies that hold it
  SELECT p.sub_id, p.sign_date, p.area_code, p.company_id, p.company_id AS body_id
  FROM party AS p
  UNION ALL
  SELECT k.sub_id, k.sign_date, k.area_code, k.company_id, u.company_id AS body_id
  FROM stake AS k
  JOIN company AS u
    ON u.company_id = k.holder_id
), controller AS (
  SELECT b.sub_id, b.company_id, c.legal_rep_id AS person_id
  FROM body AS b
  JOIN company AS c
    ON c.company_id = b.body_id
  WHERE c.legal_rep_id <> ''
  UNION ALL
  SELECT b.sub_id, b.company_id, o.person_id
  FROM body AS b
  JOIN company_officer AS o
    ON o.company_id = b.body_id
  WHERE (o.from_date IS NULL OR o.from_date <= b.sign_date)
    AND (o.to_date IS NULL OR o.to_date >= b.sign_date)
  UNION ALL
  SELECT b.sub_id, b.company_id, h.holder_id AS person_id
  FROM body AS b
  JOIN param AS q
    ON q.area_code = b.area_code
  JOIN shareholder AS h
    ON h.company_id = b.body_id
  WHERE h.ratio >= q.min_ratio
    AND (h.from_date IS NULL OR h.from_date <= b.sign_date)
    AND (h.to_date IS NULL OR h.to_date >= b.sign_date)
    AND NOT EXISTS (SELECT 1 FROM company AS f WHERE f.company_id = h.holder_id)
), tie AS (
  SELECT m.sub_id, m.loser_id, 'self' AS via
  FROM meeting AS m
  WHERE m.loser_id = m.sub_company_id
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'controller' AS via
  FROM meeting AS m
  JOIN controller AS x
    ON x.sub_id = m.sub_id
   AND x.company_id = m.sub_company_id
  JOIN controller AS y
    ON y.sub_id = m.sub_id
   AND y.company_id = m.loser_id
   AND y.person_id = x.person_id
  WHERE m.loser_id <> m.sub_company_id
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'holding' AS via
  FROM meeting AS m
  JOIN stake AS k
    ON k.sub_id = m.sub_id
   AND k.company_id = m.sub_company_id
   AND k.holder_id = m.loser_id
  JOIN company AS u
    ON u.company_id = m.loser_id
  WHERE m.loser_id <> m.sub_company_id
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'holding' AS via
  FROM meeting AS m
  JOIN stake AS k
    ON k.sub_id = m.sub_id
   AND k.company_id = m.loser_id
   AND k.holder_id = m.sub_company_id
  JOIN company AS u
    ON u.company_id = m.sub_company_id
  WHERE m.loser_id <> m.sub_company_id
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'common_holder' AS via
  FROM meeting AS m
  JOIN stake AS x
    ON x.sub_id = m.sub_id
   AND x.company_id = m.sub_company_id
  JOIN stake AS y
    ON y.sub_id = m.sub_id
   AND y.company_id = m.loser_id
   AND y.holder_id = x.holder_id
  WHERE m.loser_id <> m.sub_company_id
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'address' AS via
  FROM meeting AS m
  JOIN company AS x
    ON x.company_id = m.sub_company_id
  JOIN company AS y
    ON y.company_id = m.loser_id
  WHERE m.loser_id <> m.sub_company_id
    AND TRIM(x.address) <> ''
    AND TRIM(y.address) = TRIM(x.address)
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'phone' AS via
  FROM meeting AS m
  JOIN company AS x
    ON x.company_id = m.sub_company_id
  JOIN company AS y
    ON y.company_id = m.loser_id
  WHERE m.loser_id <> m.sub_company_id
    AND TRIM(x.phone) <> ''
    AND TRIM(y.phone) = TRIM(x.phone)
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'email' AS via
  FROM meeting AS m
  JOIN company AS x
    ON x.company_id = m.sub_company_id
  JOIN company AS y
    ON y.company_id = m.loser_id
  WHERE m.loser_id <> m.sub_company_id
    AND TRIM(x.email) <> ''
    AND TRIM(y.email) = TRIM(x.email)
  UNION ALL
  SELECT m.sub_id, m.loser_id, 'agent' AS via
  FROM meeting AS m
  JOIN company_agent AS x
    ON x.company_id = m.sub_company_id
  JOIN company_agent AS y
    ON y.company_id = m.loser_id
  WHERE m.loser_id <> m.sub_company_id
    AND ((x.agent_person_id <> '' AND y.agent_person_id = x.agent_person_id)
      OR (TRIM(x.agent_phone) <> '' AND TRIM(y.agent_phone) = TRIM(x.agent_phone)))
), paid AS (
  SELECT
    m.contract_id,
    m.sub_company_id,
    m.area_code,
    SUM(m.amount) AS sub_total,
    MIN(m.sign_date) AS sign_date
  FROM matter AS m
  WHERE EXISTS (SELECT 1 FROM tie AS t WHERE t.sub_id = m.sub_id)
  GROUP BY m.contract_id, m.sub_company_id, m.area_code
), told AS (
  SELECT
    m.contract_id,
    m.sub_company_id,
    COALESCE(MIN(CASE WHEN t.via = 'self' THEN t.loser_id END), MIN(t.loser_id)) AS losing_bidder_id,
    STRING_AGG(DISTINCT t.via, ',' ORDER BY t.via) AS via
  FROM matter AS m
  JOIN tie AS t
    ON t.sub_id = m.sub_id
  GROUP BY m.contract_id, m.sub_company_id
)
SELECT
  p.contract_id,
  p.sub_company_id AS company_id,
  t.losing_bidder_id,
  t.via,
  CAST(COALESCE(p.sub_total, 0) AS DECIMAL(18, 2)) AS sub_total,
  p.sign_date,
  p.area_code,
  'red' AS grade
FROM paid AS p
JOIN told AS t
  ON t.contract_id = p.contract_id
 AND t.sub_company_id = p.sub_company_id
