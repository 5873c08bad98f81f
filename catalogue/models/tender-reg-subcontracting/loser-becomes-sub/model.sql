-- a link is tested on the day the subcontract was signed, for each subcontract on its own
-- a holder that stands in the company register is a company, as is a bidder; any other holder is a person
-- an area that is unknown, or not in param, takes the row of the top area, so that no contract is dropped
WITH meeting AS (
  -- a loser that withdrew its bid is a loser all the same
  SELECT DISTINCT
    k.sub_id,
    k.contract_id,
    k.sub_company_id,
    k.amount,
    k.sign_date,
    b.bidder_id AS loser_id,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM subcontract AS k
  JOIN tender_contract AS c
    ON c.contract_id = k.contract_id
  JOIN award AS w
    ON w.section_id = c.section_id
  JOIN bid AS b
    ON b.section_id = c.section_id
  LEFT JOIN tender_section AS s
    ON s.section_id = c.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE k.sub_company_id <> w.winner_id
    AND b.bidder_id <> w.winner_id
    AND (t.status IS NULL OR t.status <> 'cancelled')
), place AS (
  -- persons with a say in a company: by what share (null: by office), since when, until when
  SELECT
    c.company_id,
    c.legal_rep_id AS person_id,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM company AS c
  WHERE c.legal_rep_id <> ''
  UNION ALL
  SELECT o.company_id, o.person_id, CAST(NULL AS DECIMAL(18, 6)) AS ratio, o.from_date, o.to_date
  FROM company_officer AS o
  UNION ALL
  SELECT h.company_id, h.holder_id AS person_id, CAST(h.ratio AS DECIMAL(18, 6)) AS ratio, h.from_date, h.to_date
  FROM shareholder AS h
  WHERE h.ratio IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM company AS f WHERE f.company_id = h.holder_id)
), trait AS (
  -- what ties two companies when both have it; ratio null: no share is needed
  SELECT p.company_id, 'controller' AS via, p.person_id AS value, p.ratio, p.from_date, p.to_date
  FROM place AS p
  UNION ALL
  SELECT
    h.company_id,
    'controller' AS via,
    p.person_id AS value,
    CAST(LEAST(h.ratio, COALESCE(p.ratio, h.ratio)) AS DECIMAL(18, 6)) AS ratio,
    -- both the holding and the place above must be in force; nulls are open ends and are passed over
    GREATEST(h.from_date, p.from_date) AS from_date,
    LEAST(h.to_date, p.to_date) AS to_date
  FROM shareholder AS h
  JOIN company AS u
    ON u.company_id = h.holder_id
  JOIN place AS p
    ON p.company_id = u.company_id
  WHERE h.ratio IS NOT NULL
  UNION ALL
  SELECT h.company_id, 'common_holder' AS via, h.holder_id AS value, CAST(h.ratio AS DECIMAL(18, 6)) AS ratio, h.from_date, h.to_date
  FROM shareholder AS h
  WHERE h.ratio IS NOT NULL
  UNION ALL
  SELECT c.company_id, 'address' AS via, TRIM(c.address) AS value, CAST(NULL AS DECIMAL(18, 6)) AS ratio, CAST(NULL AS DATE) AS from_date, CAST(NULL AS DATE) AS to_date
  FROM company AS c
  WHERE TRIM(c.address) <> ''
  UNION ALL
  SELECT c.company_id, 'phone' AS via, TRIM(c.phone) AS value, CAST(NULL AS DECIMAL(18, 6)) AS ratio, CAST(NULL AS DATE) AS from_date, CAST(NULL AS DATE) AS to_date
  FROM company AS c
  WHERE TRIM(c.phone) <> ''
  UNION ALL
  SELECT c.company_id, 'email' AS via, TRIM(c.email) AS value, CAST(NULL AS DECIMAL(18, 6)) AS ratio, CAST(NULL AS DATE) AS from_date, CAST(NULL AS DATE) AS to_date
  FROM company AS c
  WHERE TRIM(c.email) <> ''
  UNION ALL
  SELECT g.company_id, 'agent' AS via, 'person ' || g.agent_person_id AS value, CAST(NULL AS DECIMAL(18, 6)) AS ratio, CAST(NULL AS DATE) AS from_date, CAST(NULL AS DATE) AS to_date
  FROM company_agent AS g
  WHERE g.agent_person_id <> ''
  UNION ALL
  SELECT g.company_id, 'agent' AS via, 'phone ' || TRIM(g.agent_phone) AS value, CAST(NULL AS DECIMAL(18, 6)) AS ratio, CAST(NULL AS DATE) AS from_date, CAST(NULL AS DATE) AS to_date
  FROM company_agent AS g
  WHERE TRIM(g.agent_phone) <> ''
), tie AS (
  SELECT m.sub_id, m.contract_id, m.sub_company_id, m.amount, m.sign_date, m.area_code, m.loser_id, 'self' AS via
  FROM meeting AS m
  WHERE m.loser_id = m.sub_company_id
  UNION ALL
  SELECT m.sub_id, m.contract_id, m.sub_company_id, m.amount, m.sign_date, m.area_code, m.loser_id, x.via
  FROM meeting AS m
  JOIN param AS q
    ON q.area_code = m.area_code
  JOIN trait AS x
    ON x.company_id = m.sub_company_id
  JOIN trait AS y
    ON y.company_id = m.loser_id
   AND y.via = x.via
   AND y.value = x.value
  WHERE m.loser_id <> m.sub_company_id
    AND (x.ratio IS NULL OR x.ratio >= q.min_ratio)
    AND (x.from_date IS NULL OR x.from_date <= m.sign_date)
    AND (x.to_date IS NULL OR x.to_date >= m.sign_date)
    AND (y.ratio IS NULL OR y.ratio >= q.min_ratio)
    AND (y.from_date IS NULL OR y.from_date <= m.sign_date)
    AND (y.to_date IS NULL OR y.to_date >= m.sign_date)
  UNION ALL
  SELECT m.sub_id, m.contract_id, m.sub_company_id, m.amount, m.sign_date, m.area_code, m.loser_id, 'holding' AS via
  FROM meeting AS m
  JOIN param AS q
    ON q.area_code = m.area_code
  JOIN shareholder AS h
    ON h.company_id = m.sub_company_id
   AND h.holder_id = m.loser_id
  WHERE h.ratio >= q.min_ratio
    AND (h.from_date IS NULL OR h.from_date <= m.sign_date)
    AND (h.to_date IS NULL OR h.to_date >= m.sign_date)
    AND m.loser_id <> m.sub_company_id
  UNION ALL
  SELECT m.sub_id, m.contract_id, m.sub_company_id, m.amount, m.sign_date, m.area_code, m.loser_id, 'holding' AS via
  FROM meeting AS m
  JOIN param AS q
    ON q.area_code = m.area_code
  JOIN shareholder AS h
    ON h.company_id = m.loser_id
   AND h.holder_id = m.sub_company_id
  JOIN company AS u
    ON u.company_id = m.sub_company_id
  WHERE h.ratio >= q.min_ratio
    AND (h.from_date IS NULL OR h.from_date <= m.sign_date)
    AND (h.to_date IS NULL OR h.to_date >= m.sign_date)
    AND m.loser_id <> m.sub_company_id
), counted AS (
  SELECT
    t.contract_id,
    t.sub_company_id,
    t.area_code,
    t.loser_id,
    t.via,
    t.sign_date,
    -- a subcontract tied in several ways is paid once
    CASE WHEN ROW_NUMBER() OVER (PARTITION BY t.contract_id, t.sub_id, t.sign_date, t.amount ORDER BY t.via, t.loser_id) = 1 THEN t.amount END AS amount
  FROM tie AS t
)
SELECT
  n.contract_id,
  n.sub_company_id AS company_id,
  COALESCE(MIN(CASE WHEN n.via = 'self' THEN n.loser_id END), MIN(n.loser_id)) AS losing_bidder_id,
  STRING_AGG(DISTINCT n.via, ',' ORDER BY n.via) AS via,
  CAST(COALESCE(SUM(n.amount), 0) AS DECIMAL(18, 2)) AS sub_total,
  MIN(n.sign_date) AS sign_date,
  n.area_code,
  'red' AS grade
FROM counted AS n
GROUP BY n.contract_id, n.sub_company_id, n.area_code
