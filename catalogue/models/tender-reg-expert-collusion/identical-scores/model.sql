-- a cell on which the whole panel agreed says nothing about two of its members; a member who gave no score did not agree
-- the sheet knows experts by their number; the persons behind two numbers are looked up in the register of experts
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH loose AS (
  SELECT
    MIN(q.min_cells) AS min_cells,
    MIN(q.share) AS share
  FROM param AS q
), agreed AS (
  -- counting scores given twice in a cell is cheaper than pairing experts: few sections have enough of them
  SELECT d.section_id
  FROM (
    SELECT e.section_id
    FROM expert_score AS e
    WHERE COALESCE(e.subjective, FALSE)
      AND e.score IS NOT NULL
    GROUP BY e.section_id, e.bidder_id, e.item, CAST(e.score AS DECIMAL(18, 2))
    HAVING COUNT(*) > 1
  ) AS d
  CROSS JOIN loose AS l
  GROUP BY d.section_id, l.share, l.min_cells
  HAVING COUNT(*) >= l.share * l.min_cells
), mark AS (
  SELECT
    e.section_id,
    e.expert_id,
    e.bidder_id,
    e.item,
    CAST(e.score AS DECIMAL(18, 2)) AS score
  FROM agreed AS g
  JOIN expert_score AS e
    ON e.section_id = g.section_id
  WHERE COALESCE(e.subjective, FALSE)
    AND e.score IS NOT NULL
), suspect AS (
  -- who agreed often enough, cells of which nobody differed counted in: few did, and only their sections are looked at
  SELECT
    x.section_id,
    x.expert_id AS expert_id_a,
    y.expert_id AS expert_id_b
  FROM mark AS x
  JOIN mark AS y
    ON y.section_id = x.section_id
   AND y.bidder_id = x.bidder_id
   AND y.item = x.item
   AND y.score = x.score
   AND y.expert_id > x.expert_id
  CROSS JOIN loose AS l
  GROUP BY x.section_id, x.expert_id, y.expert_id, l.min_cells, l.share
  HAVING COUNT(*) >= l.share * l.min_cells
), panel AS (
  SELECT
    e.section_id,
    COUNT(DISTINCT e.expert_id) AS experts
  FROM expert_score AS e
  WHERE EXISTS (SELECT 1 FROM suspect AS u WHERE u.section_id = e.section_id)
  GROUP BY e.section_id
), sheet AS (
  SELECT
    m.section_id,
    m.expert_id,
    m.bidder_id,
    m.item,
    m.score,
    p.experts
  FROM panel AS p
  JOIN mark AS m
    ON m.section_id = p.section_id
), cell AS (
  SELECT
    m.section_id,
    m.bidder_id,
    m.item
  FROM sheet AS m
  GROUP BY m.section_id, m.bidder_id, m.item, m.experts
  HAVING MIN(m.score) <> MAX(m.score)
      OR COUNT(DISTINCT m.expert_id) < m.experts
), compared AS (
  SELECT
    u.section_id,
    u.expert_id_a,
    u.expert_id_b,
    COUNT(*) AS cells,
    COUNT(CASE WHEN x.score = y.score THEN 1 END) AS identical_cells
  FROM suspect AS u
  JOIN cell AS c
    ON c.section_id = u.section_id
  JOIN sheet AS x
    ON x.section_id = c.section_id
   AND x.bidder_id = c.bidder_id
   AND x.item = c.item
   AND x.expert_id = u.expert_id_a
  JOIN sheet AS y
    ON y.section_id = c.section_id
   AND y.bidder_id = c.bidder_id
   AND y.item = c.item
   AND y.expert_id = u.expert_id_b
  GROUP BY u.section_id, u.expert_id_a, u.expert_id_b
), placed AS (
  SELECT
    k.section_id,
    k.expert_id_a,
    k.expert_id_b,
    k.cells,
    k.identical_cells,
    COALESCE(q.area_code, r.root_area) AS area_code
  FROM compared AS k
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
  k.expert_id_a,
  k.expert_id_b,
  a.person_id AS person_id_a,
  b.person_id AS person_id_b,
  k.cells,
  k.identical_cells,
  CAST(k.identical_cells / k.cells AS DECIMAL(18, 6)) AS share_identical,
  k.area_code,
  'yellow' AS grade
FROM placed AS k
JOIN param AS q
  ON q.area_code = k.area_code
LEFT JOIN expert AS a
  ON a.expert_id = k.expert_id_a
LEFT JOIN expert AS b
  ON b.expert_id = k.expert_id_b
WHERE k.cells >= q.min_cells
  AND k.identical_cells >= q.share * k.cells
