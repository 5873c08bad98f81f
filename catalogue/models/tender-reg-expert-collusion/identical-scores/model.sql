-- a cell on which the whole panel agreed says nothing about two of its members; a member who gave no score did not agree
-- the sheet knows experts by their number; the persons behind two numbers are looked up in the register of experts
-- an area that is unknown, or not in param, takes the row of the top area, so that no section is dropped
WITH panel AS (
  SELECT
    e.section_id,
    COUNT(DISTINCT e.expert_id) AS experts
  FROM expert_score AS e
  GROUP BY e.section_id
), mark AS (
  SELECT
    e.section_id,
    e.expert_id,
    e.bidder_id,
    e.item,
    CAST(e.score AS DECIMAL(18, 2)) AS score
  FROM expert_score AS e
  WHERE COALESCE(e.subjective, FALSE)
    AND e.score IS NOT NULL
), cell AS (
  SELECT
    m.section_id,
    m.bidder_id,
    m.item
  FROM mark AS m
  JOIN panel AS p
    ON p.section_id = m.section_id
  GROUP BY m.section_id, m.bidder_id, m.item, p.experts
  HAVING MIN(m.score) <> MAX(m.score)
      OR COUNT(DISTINCT m.expert_id) < p.experts
), compared AS (
  SELECT
    c.section_id,
    x.expert_id AS expert_id_a,
    y.expert_id AS expert_id_b,
    COUNT(*) AS cells,
    COUNT(CASE WHEN x.score = y.score THEN 1 END) AS identical_cells
  FROM cell AS c
  JOIN mark AS x
    ON x.section_id = c.section_id
   AND x.bidder_id = c.bidder_id
   AND x.item = c.item
  JOIN mark AS y
    ON y.section_id = c.section_id
   AND y.bidder_id = c.bidder_id
   AND y.item = c.item
   AND y.expert_id > x.expert_id
  GROUP BY c.section_id, x.expert_id, y.expert_id
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
