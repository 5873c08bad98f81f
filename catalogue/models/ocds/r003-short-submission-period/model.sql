-- whole days of 24 hours, truncated toward zero; an end before the start is short too
-- the area comes first: side by side with other conditions one engine would meet every tender with every area
WITH placed AS (
  SELECT
    t.tender_id,
    t.owner_org_id,
    t.method,
    t.doc_from,
    t.bid_deadline,
    COALESCE(own.area_code, r.root_area) AS area_code
  FROM tender AS t
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  WHERE t.tender_id <> ''
    AND (t.status IS NULL OR t.status <> 'cancelled')
), called AS (
  SELECT
    t.tender_id,
    t.owner_org_id,
    t.method,
    t.doc_from,
    t.bid_deadline,
    DATE_DIFF('day', CAST(t.doc_from AS DATE), CAST(t.bid_deadline AS DATE)) AS calendar_days,
    q.area_code,
    q.threshold_days
  FROM placed AS t
  JOIN param AS q
    ON q.area_code = t.area_code
  WHERE (q.methods = '' OR STRPOS('|' || q.methods || '|', '|' || NULLIF(t.method, '') || '|') > 0)
    AND t.bid_deadline < CAST(t.doc_from + q.threshold_days * INTERVAL '1' DAY AS TIMESTAMP)
)
SELECT
  c.tender_id,
  c.area_code,
  c.owner_org_id,
  c.method,
  c.doc_from,
  c.bid_deadline,
  CASE
    WHEN c.bid_deadline >= c.doc_from
     AND CAST(c.doc_from + c.calendar_days * INTERVAL '1' DAY AS TIMESTAMP) > c.bid_deadline
    THEN c.calendar_days - 1
    WHEN c.bid_deadline < c.doc_from
     AND CAST(c.doc_from + c.calendar_days * INTERVAL '1' DAY AS TIMESTAMP) < c.bid_deadline
    THEN c.calendar_days + 1
    ELSE c.calendar_days
  END AS days,
  c.threshold_days,
  CASE
    WHEN CAST(CAST(c.doc_from AS DATE) AS TIMESTAMP) = c.doc_from
     AND CAST(CAST(c.bid_deadline AS DATE) AS TIMESTAMP) = c.bid_deadline
    THEN TRUE
    ELSE FALSE
  END AS dates_only,
  CASE WHEN c.bid_deadline < c.doc_from THEN TRUE ELSE FALSE END AS is_reversed,
  'blue' AS grade
FROM called AS c
