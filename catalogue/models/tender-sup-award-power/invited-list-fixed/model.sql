-- withdrawn bidders belong to the invited list; shares are carried in millionths, the last digits being left to rounding
WITH invited AS (
  SELECT
    t.tender_id,
    t.owner_org_id,
    t.announce_date,
    q.area_code,
    ROW_NUMBER() OVER (
      PARTITION BY t.owner_org_id
      ORDER BY t.announce_date DESC, q.area_code, t.tender_id
    ) AS latest
  FROM tender AS t
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.method = 'invited'
    AND (t.status IS NULL OR t.status <> 'cancelled')
    AND t.owner_org_id <> ''
    AND t.announce_date > CAST(r.as_of - q.window_months * INTERVAL '1' MONTH AS DATE)
    AND t.announce_date <= r.as_of
), owner AS (
  SELECT
    i.owner_org_id,
    COUNT(*) AS tenders,
    MAX(i.announce_date) AS last_announce_date,
    MAX(CASE WHEN i.latest = 1 THEN i.area_code END) AS area_code
  FROM invited AS i
  GROUP BY i.owner_org_id
), member AS (
  SELECT DISTINCT
    i.owner_org_id,
    i.tender_id,
    b.bidder_id
  FROM invited AS i
  JOIN tender_section AS s
    ON s.tender_id = i.tender_id
  JOIN bid AS b
    ON b.section_id = s.section_id
  WHERE b.bidder_id <> ''
), sized AS (
  SELECT
    i.owner_org_id,
    i.tender_id,
    COUNT(m.bidder_id) AS members
  FROM invited AS i
  LEFT JOIN member AS m
    ON m.tender_id = i.tender_id
  GROUP BY i.owner_org_id, i.tender_id
), common AS (
  SELECT
    a.tender_id AS tender_a,
    b.tender_id AS tender_b,
    COUNT(*) AS members
  FROM member AS a
  JOIN member AS b
    ON b.owner_org_id = a.owner_org_id
   AND b.bidder_id = a.bidder_id
   AND b.tender_id > a.tender_id
  GROUP BY a.tender_id, b.tender_id
), alike AS (
  SELECT
    a.owner_org_id,
    CAST(COALESCE(c.members, 0) * 1000000 / (a.members + b.members - COALESCE(c.members, 0)) AS DECIMAL(18, 6)) AS share
  FROM sized AS a
  JOIN sized AS b
    ON b.owner_org_id = a.owner_org_id
   AND b.tender_id > a.tender_id
  LEFT JOIN common AS c
    ON c.tender_a = a.tender_id
   AND c.tender_b = b.tender_id
  WHERE a.members + b.members > 0
), fixed AS (
  SELECT
    a.owner_org_id,
    COUNT(*) AS compared,
    SUM(a.share) AS shares
  FROM alike AS a
  GROUP BY a.owner_org_id
), winner AS (
  SELECT
    i.owner_org_id,
    COUNT(DISTINCT a.winner_id) AS winners
  FROM invited AS i
  JOIN tender_section AS s
    ON s.tender_id = i.tender_id
  JOIN award AS a
    ON a.section_id = s.section_id
  WHERE a.winner_id <> ''
  GROUP BY i.owner_org_id
), hit AS (
  SELECT
    o.owner_org_id,
    o.area_code,
    o.tenders,
    CAST(f.shares / f.compared / 1000000 AS DECIMAL(18, 6)) AS mean_jaccard,
    w.winners,
    o.last_announce_date
  FROM owner AS o
  JOIN param AS q
    ON q.area_code = o.area_code
  JOIN fixed AS f
    ON f.owner_org_id = o.owner_org_id
  LEFT JOIN winner AS w
    ON w.owner_org_id = o.owner_org_id
  WHERE o.tenders >= q.min_tenders
    AND f.shares + CAST(0.00001 AS DECIMAL(18, 6)) * f.compared >= q.jaccard * 1000000 * f.compared
    AND COALESCE(w.winners, 0) >= q.min_winners
), invitee AS (
  -- the lists of those that are told alone
  SELECT
    d.owner_org_id,
    STRING_AGG(d.bidder_id, ',' ORDER BY d.bidder_id) AS company_ids
  FROM (
    SELECT DISTINCT
      m.owner_org_id,
      m.bidder_id
    FROM hit AS h
    JOIN member AS m
      ON m.owner_org_id = h.owner_org_id
  ) AS d
  GROUP BY d.owner_org_id
)
SELECT
  h.owner_org_id,
  h.area_code,
  h.tenders,
  h.mean_jaccard,
  h.winners,
  c.company_ids,
  h.last_announce_date,
  'yellow' AS grade
FROM hit AS h
LEFT JOIN invitee AS c
  ON c.owner_org_id = h.owner_org_id
