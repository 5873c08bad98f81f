-- the pair is not sorted: a is the one that always loses, b the one that wins
WITH opened AS (
  SELECT
    s.section_id,
    CAST(t.open_time AS DATE) AS open_date,
    q.area_code
  FROM tender_section AS s
  JOIN tender AS t
    ON t.tender_id = s.tender_id
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE (t.status IS NULL OR t.status <> 'cancelled')
    AND CAST(t.open_time AS DATE) > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
    AND CAST(t.open_time AS DATE) <= r.as_of
), won AS (
  SELECT
    w.section_id,
    w.winner_id
  FROM award AS w
  JOIN opened AS o
    ON o.section_id = w.section_id
  WHERE w.winner_id <> ''
), least AS (
  SELECT
    MIN(q.min_joint) AS joint
  FROM param AS q
), received AS (
  -- bids of the sections looked at, which are asked for three times
  SELECT
    b.section_id,
    b.bidder_id
  FROM opened AS o
  JOIN bid AS b
    ON b.section_id = o.section_id
  WHERE NOT COALESCE(b.withdrawn, FALSE)
), champion AS (
  SELECT
    w.winner_id
  FROM won AS w
  CROSS JOIN least AS l
  GROUP BY w.winner_id, l.joint
  HAVING 2 * COUNT(*) >= l.joint
), suspect AS (
  -- b must win half of what the two have in common, so that few pairs need to be looked at as a whole
  SELECT
    b.bidder_id AS company_id_a,
    w.winner_id AS company_id_b
  FROM won AS w
  JOIN champion AS c
    ON c.winner_id = w.winner_id
  JOIN received AS b
    ON b.section_id = w.section_id
  CROSS JOIN least AS l
  WHERE b.bidder_id <> ''
    AND b.bidder_id <> w.winner_id
  GROUP BY b.bidder_id, w.winner_id, l.joint
  HAVING 2 * COUNT(*) >= l.joint
), whole AS (
  SELECT
    COUNT(*) AS sections
  FROM opened AS o
  JOIN (
    SELECT DISTINCT b.section_id
    FROM received AS b
  ) AS d
    ON d.section_id = o.section_id
), named AS (
  SELECT p.company_id_a AS company_id
  FROM suspect AS p
  UNION ALL
  SELECT p.company_id_b AS company_id
  FROM suspect AS p
), entered AS (
  SELECT DISTINCT
    o.section_id,
    o.open_date,
    o.area_code,
    b.bidder_id
  FROM named AS n
  JOIN received AS b
    ON b.bidder_id = n.company_id
  JOIN opened AS o
    ON o.section_id = b.section_id
), alone AS (
  SELECT
    e.bidder_id,
    COUNT(*) AS sections
  FROM entered AS e
  GROUP BY e.bidder_id
), met AS (
  SELECT
    p.company_id_a,
    p.company_id_b,
    a.section_id,
    a.open_date,
    a.area_code,
    w.winner_id,
    ROW_NUMBER() OVER (
      PARTITION BY p.company_id_a, p.company_id_b
      ORDER BY a.open_date DESC, a.area_code, a.section_id
    ) AS latest
  FROM suspect AS p
  JOIN entered AS a
    ON a.bidder_id = p.company_id_a
  JOIN entered AS b
    ON b.section_id = a.section_id
   AND b.bidder_id = p.company_id_b
  LEFT JOIN award AS w
    ON w.section_id = a.section_id
), paired AS (
  SELECT
    m.company_id_a,
    m.company_id_b,
    COUNT(*) AS joint_sections,
    SUM(CASE WHEN m.winner_id = m.company_id_b THEN 1 ELSE 0 END) AS wins_of_b,
    SUM(CASE WHEN m.winner_id = m.company_id_a THEN 1 ELSE 0 END) AS wins_of_a,
    MIN(m.open_date) AS first_open_date,
    MAX(m.open_date) AS last_open_date,
    MAX(CASE WHEN m.latest = 1 THEN m.area_code END) AS area_code
  FROM met AS m
  GROUP BY m.company_id_a, m.company_id_b
)
SELECT
  p.company_id_a,
  p.company_id_b,
  p.area_code,
  p.joint_sections,
  p.wins_of_b,
  CAST(p.joint_sections * n.sections / (a.sections * b.sections) AS DECIMAL(18, 6)) AS lift,
  p.first_open_date,
  p.last_open_date,
  CASE
    WHEN p.joint_sections * n.sections >= q.red_lift * a.sections * b.sections THEN 'red'
    ELSE 'yellow'
  END AS grade
FROM paired AS p
CROSS JOIN whole AS n
JOIN alone AS a
  ON a.bidder_id = p.company_id_a
JOIN alone AS b
  ON b.bidder_id = p.company_id_b
JOIN param AS q
  ON q.area_code = p.area_code
WHERE p.joint_sections >= q.min_joint
  AND p.joint_sections * n.sections >= q.min_lift * a.sections * b.sections
  AND 2 * p.wins_of_b >= p.joint_sections
  AND p.wins_of_a = 0
