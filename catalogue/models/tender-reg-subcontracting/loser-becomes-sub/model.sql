-- a link is tested on the day the subcontract was signed, for each subcontract on its own
-- a holder that stands in the company register is a company, as is a bidder; any other holder is a person
-- an area that is unknown, or not in param, takes the row of the top area, so that no contract is dropped
-- only companies that meet are looked up, and only contracts where something ties them are placed
WITH meeting AS (
  -- a loser that withdrew its bid is a loser all the same
  SELECT
    k.sub_id,
    k.contract_id,
    c.section_id,
    k.sub_company_id,
    k.amount,
    k.sign_date,
    b.bidder_id AS loser_id
  FROM subcontract AS k
  JOIN tender_contract AS c
    ON c.contract_id = k.contract_id
  JOIN award AS w
    ON w.section_id = c.section_id
  JOIN bid AS b
    ON b.section_id = c.section_id
  WHERE k.sub_company_id <> w.winner_id
    AND b.bidder_id <> w.winner_id
), party AS (
  -- the subcontractors and the losers of a contract
  SELECT DISTINCT m.contract_id, 'sub' AS part, m.sub_company_id AS company_id
  FROM meeting AS m
  UNION ALL
  SELECT DISTINCT m.contract_id, 'loser' AS part, m.loser_id AS company_id
  FROM meeting AS m
), loose AS (
  SELECT MIN(q.min_ratio) AS min_ratio
  FROM param AS q
), registered AS (
  SELECT
    p.contract_id,
    p.part,
    p.company_id,
    c.legal_rep_id,
    TRIM(c.address) AS address,
    TRIM(c.phone) AS phone,
    TRIM(c.email) AS email
  FROM party AS p
  JOIN company AS c
    ON c.company_id = p.company_id
), filed AS (
  SELECT
    p.contract_id,
    p.part,
    p.company_id,
    g.agent_person_id,
    TRIM(g.agent_phone) AS agent_phone
  FROM party AS p
  JOIN company_agent AS g
    ON g.company_id = p.company_id
), holding AS (
  SELECT
    p.contract_id,
    p.part,
    p.company_id,
    h.holder_id,
    u.company_id AS upper_id,
    CAST(h.ratio AS DECIMAL(18, 6)) AS ratio,
    h.from_date,
    h.to_date
  FROM party AS p
  JOIN shareholder AS h
    ON h.company_id = p.company_id
  LEFT JOIN company AS u
    ON u.company_id = h.holder_id
  CROSS JOIN loose AS l
  WHERE h.ratio >= l.min_ratio
), person AS (
  -- persons with a say: by what share (null: by office), since when, until when
  SELECT
    c.contract_id,
    c.part,
    c.company_id,
    c.legal_rep_id AS person_id,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio,
    CAST(NULL AS DATE) AS from_date,
    CAST(NULL AS DATE) AS to_date
  FROM registered AS c
  WHERE c.legal_rep_id <> ''
  UNION ALL
  SELECT p.contract_id, p.part, p.company_id, o.person_id, CAST(NULL AS DECIMAL(18, 6)) AS ratio, o.from_date, o.to_date
  FROM party AS p
  JOIN company_officer AS o
    ON o.company_id = p.company_id
  UNION ALL
  SELECT h.contract_id, h.part, h.company_id, h.holder_id AS person_id, h.ratio, h.from_date, h.to_date
  FROM holding AS h
  WHERE h.upper_id IS NULL
  UNION ALL
  -- in the companies above: both the holding and the place must be in force; nulls are open ends and are passed over
  SELECT h.contract_id, h.part, h.company_id, c.legal_rep_id AS person_id, h.ratio, h.from_date, h.to_date
  FROM holding AS h
  JOIN company AS c
    ON c.company_id = h.upper_id
  WHERE c.legal_rep_id <> ''
  UNION ALL
  SELECT
    h.contract_id,
    h.part,
    h.company_id,
    o.person_id,
    h.ratio,
    GREATEST(h.from_date, o.from_date) AS from_date,
    LEAST(h.to_date, o.to_date) AS to_date
  FROM holding AS h
  JOIN company_officer AS o
    ON o.company_id = h.upper_id
  UNION ALL
  SELECT
    h.contract_id,
    h.part,
    h.company_id,
    s.holder_id AS person_id,
    CAST(LEAST(h.ratio, s.ratio) AS DECIMAL(18, 6)) AS ratio,
    GREATEST(h.from_date, s.from_date) AS from_date,
    LEAST(h.to_date, s.to_date) AS to_date
  FROM holding AS h
  JOIN shareholder AS s
    ON s.company_id = h.upper_id
  LEFT JOIN company AS f
    ON f.company_id = s.holder_id
  WHERE s.ratio IS NOT NULL
    AND f.company_id IS NULL
), shared AS (
  -- what a subcontractor and a loser of one contract both have
  SELECT
    x.contract_id,
    x.company_id AS sub_company_id,
    y.company_id AS loser_id,
    'controller' AS via,
    x.ratio AS ratio_a,
    y.ratio AS ratio_b,
    x.from_date AS from_a,
    x.to_date AS to_a,
    y.from_date AS from_b,
    y.to_date AS to_b
  FROM person AS x
  JOIN person AS y
    ON y.contract_id = x.contract_id
   AND y.person_id = x.person_id
  WHERE x.part = 'sub'
    AND y.part = 'loser'
    AND y.company_id <> x.company_id
  UNION ALL
  SELECT
    x.contract_id,
    x.company_id AS sub_company_id,
    y.company_id AS loser_id,
    'common_holder' AS via,
    x.ratio AS ratio_a,
    y.ratio AS ratio_b,
    x.from_date AS from_a,
    x.to_date AS to_a,
    y.from_date AS from_b,
    y.to_date AS to_b
  FROM holding AS x
  JOIN holding AS y
    ON y.contract_id = x.contract_id
   AND y.holder_id = x.holder_id
  WHERE x.part = 'sub'
    AND y.part = 'loser'
    AND y.company_id <> x.company_id
  UNION ALL
  SELECT
    x.contract_id,
    x.company_id AS sub_company_id,
    y.company_id AS loser_id,
    'address' AS via,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_a,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_b,
    CAST(NULL AS DATE) AS from_a,
    CAST(NULL AS DATE) AS to_a,
    CAST(NULL AS DATE) AS from_b,
    CAST(NULL AS DATE) AS to_b
  FROM registered AS x
  JOIN registered AS y
    ON y.contract_id = x.contract_id
   AND y.address = x.address
  WHERE x.part = 'sub'
    AND y.part = 'loser'
    AND y.company_id <> x.company_id
    AND x.address <> ''
  UNION ALL
  SELECT
    x.contract_id,
    x.company_id AS sub_company_id,
    y.company_id AS loser_id,
    'phone' AS via,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_a,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_b,
    CAST(NULL AS DATE) AS from_a,
    CAST(NULL AS DATE) AS to_a,
    CAST(NULL AS DATE) AS from_b,
    CAST(NULL AS DATE) AS to_b
  FROM registered AS x
  JOIN registered AS y
    ON y.contract_id = x.contract_id
   AND y.phone = x.phone
  WHERE x.part = 'sub'
    AND y.part = 'loser'
    AND y.company_id <> x.company_id
    AND x.phone <> ''
  UNION ALL
  SELECT
    x.contract_id,
    x.company_id AS sub_company_id,
    y.company_id AS loser_id,
    'email' AS via,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_a,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_b,
    CAST(NULL AS DATE) AS from_a,
    CAST(NULL AS DATE) AS to_a,
    CAST(NULL AS DATE) AS from_b,
    CAST(NULL AS DATE) AS to_b
  FROM registered AS x
  JOIN registered AS y
    ON y.contract_id = x.contract_id
   AND y.email = x.email
  WHERE x.part = 'sub'
    AND y.part = 'loser'
    AND y.company_id <> x.company_id
    AND x.email <> ''
  UNION ALL
  SELECT
    x.contract_id,
    x.company_id AS sub_company_id,
    y.company_id AS loser_id,
    'agent' AS via,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_a,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_b,
    CAST(NULL AS DATE) AS from_a,
    CAST(NULL AS DATE) AS to_a,
    CAST(NULL AS DATE) AS from_b,
    CAST(NULL AS DATE) AS to_b
  FROM filed AS x
  JOIN filed AS y
    ON y.contract_id = x.contract_id
   AND y.agent_person_id = x.agent_person_id
  WHERE x.part = 'sub'
    AND y.part = 'loser'
    AND y.company_id <> x.company_id
    AND x.agent_person_id <> ''
  UNION ALL
  SELECT
    x.contract_id,
    x.company_id AS sub_company_id,
    y.company_id AS loser_id,
    'agent' AS via,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_a,
    CAST(NULL AS DECIMAL(18, 6)) AS ratio_b,
    CAST(NULL AS DATE) AS from_a,
    CAST(NULL AS DATE) AS to_a,
    CAST(NULL AS DATE) AS from_b,
    CAST(NULL AS DATE) AS to_b
  FROM filed AS x
  JOIN filed AS y
    ON y.contract_id = x.contract_id
   AND y.agent_phone = x.agent_phone
  WHERE x.part = 'sub'
    AND y.part = 'loser'
    AND y.company_id <> x.company_id
    AND x.agent_phone <> ''
  UNION ALL
  SELECT
    h.contract_id,
    CASE WHEN h.part = 'sub' THEN h.company_id ELSE o.company_id END AS sub_company_id,
    CASE WHEN h.part = 'sub' THEN o.company_id ELSE h.company_id END AS loser_id,
    'holding' AS via,
    h.ratio AS ratio_a,
    h.ratio AS ratio_b,
    h.from_date AS from_a,
    h.to_date AS to_a,
    h.from_date AS from_b,
    h.to_date AS to_b
  FROM holding AS h
  JOIN party AS o
    ON o.contract_id = h.contract_id
   AND o.company_id = h.holder_id
  WHERE o.part <> h.part
    -- a loser is a company; that a subcontractor is one the register says
    AND (h.part = 'sub' OR h.upper_id IS NOT NULL)
    AND o.company_id <> h.company_id
), tie AS (
  SELECT
    m.sub_id, m.contract_id, m.section_id, m.sub_company_id, m.amount, m.sign_date, m.loser_id,
    'self' AS via, CAST(NULL AS DECIMAL(18, 6)) AS ratio_a, CAST(NULL AS DECIMAL(18, 6)) AS ratio_b
  FROM meeting AS m
  WHERE m.loser_id = m.sub_company_id
  UNION ALL
  SELECT
    m.sub_id, m.contract_id, m.section_id, m.sub_company_id, m.amount, m.sign_date, m.loser_id,
    h.via, h.ratio_a, h.ratio_b
  FROM shared AS h
  JOIN meeting AS m
    ON m.contract_id = h.contract_id
   AND m.sub_company_id = h.sub_company_id
   AND m.loser_id = h.loser_id
  WHERE (h.from_a IS NULL OR h.from_a <= m.sign_date)
    AND (h.to_a IS NULL OR h.to_a >= m.sign_date)
    AND (h.from_b IS NULL OR h.from_b <= m.sign_date)
    AND (h.to_b IS NULL OR h.to_b >= m.sign_date)
), placed AS (
  SELECT
    e.sub_id,
    e.contract_id,
    e.sub_company_id,
    e.amount,
    e.sign_date,
    e.loser_id,
    e.via,
    e.ratio_a,
    e.ratio_b,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM tie AS e
  LEFT JOIN tender_section AS s
    ON s.section_id = e.section_id
  LEFT JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status IS NULL OR t.status <> 'cancelled'
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
  FROM placed AS t
  LEFT JOIN param AS q
    ON q.area_code = t.area_code
  WHERE (t.ratio_a IS NULL OR t.ratio_a >= q.min_ratio)
    AND (t.ratio_b IS NULL OR t.ratio_b >= q.min_ratio)
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
