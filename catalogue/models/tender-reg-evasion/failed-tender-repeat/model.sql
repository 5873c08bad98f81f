-- every status is read here, cancelled tenders too; "later" is after the last failed tender was announced
WITH failed AS (
  SELECT
    t.project_id,
    t.tender_id,
    t.announce_date,
    COALESCE(own.area_code, r.root_area) AS area_code,
    ROW_NUMBER() OVER (
      PARTITION BY t.project_id
      ORDER BY
        CASE WHEN t.announce_date IS NULL THEN 1 ELSE 0 END,
        t.announce_date DESC,
        COALESCE(own.area_code, r.root_area),
        t.tender_id
    ) AS latest
  FROM tender AS t
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.status = 'failed'
    AND t.project_id <> ''
), counted AS (
  SELECT
    f.project_id,
    COUNT(*) AS failed_tenders,
    MIN(f.announce_date) AS first_announce_date,
    MAX(f.announce_date) AS last_announce_date,
    MAX(CASE WHEN f.latest = 1 THEN f.area_code END) AS area_code
  FROM failed AS f
  GROUP BY f.project_id
), later AS (
  SELECT
    t.project_id,
    s.section_id,
    t.announce_date,
    a.winner_id
  FROM counted AS c
  JOIN tender AS t
    ON t.project_id = c.project_id
   AND t.announce_date > c.last_announce_date
  JOIN tender_section AS s
    ON s.tender_id = t.tender_id
  JOIN award AS a
    ON a.section_id = s.section_id
), valid_bid AS (
  SELECT
    b.section_id,
    COUNT(*) AS valid_bids
  FROM bid AS b
  WHERE b.valid
    AND NOT COALESCE(b.withdrawn, FALSE)
  GROUP BY b.section_id
), won AS (
  SELECT
    l.project_id,
    l.winner_id,
    v.valid_bids,
    ROW_NUMBER() OVER (
      PARTITION BY l.project_id
      ORDER BY CASE WHEN v.valid_bids = 1 THEN 0 ELSE 1 END, l.announce_date DESC, l.section_id
    ) AS shown
  FROM later AS l
  LEFT JOIN valid_bid AS v
    ON v.section_id = l.section_id
)
SELECT
  c.project_id,
  c.area_code,
  c.failed_tenders,
  c.first_announce_date,
  c.last_announce_date,
  w.winner_id AS later_winner_id,
  w.valid_bids AS later_valid_bids,
  CASE WHEN w.valid_bids = 1 THEN 'yellow' ELSE 'blue' END AS grade
FROM counted AS c
JOIN param AS q
  ON q.area_code = c.area_code
LEFT JOIN won AS w
  ON w.project_id = c.project_id
 AND w.shown = 1
WHERE c.failed_tenders >= q.min_failed
