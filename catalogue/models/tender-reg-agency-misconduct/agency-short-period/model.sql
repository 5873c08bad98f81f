-- a clarification is measured against the deadline in force when it was published
WITH called AS (
  SELECT
    t.tender_id,
    t.agency_id,
    t.bid_deadline,
    DATE_DIFF('day', CAST(t.doc_from AS DATE), CAST(t.doc_to AS DATE)) + 1 AS sale_period,
    DATE_DIFF('day', CAST(t.doc_from AS DATE), CAST(t.bid_deadline AS DATE)) AS bid_period,
    q.area_code,
    q.sale_days,
    q.bid_days,
    q.clarify_days
  FROM tender AS t
  LEFT JOIN param AS own
    ON own.area_code = t.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE t.method = 'open'
    AND (t.status IS NULL OR t.status <> 'cancelled')
    AND t.tender_id <> ''
), earlier AS (
  SELECT
    c.section_id,
    c.publish_time,
    e.new_deadline,
    ROW_NUMBER() OVER (PARTITION BY c.section_id, c.publish_time ORDER BY e.publish_time DESC, e.clar_id DESC) AS last
  FROM tender_clarification AS c
  JOIN tender_clarification AS e
    ON e.section_id = c.section_id
  WHERE c.new_deadline IS NULL
    AND e.new_deadline IS NOT NULL
    AND e.publish_time < c.publish_time
), clarified AS (
  SELECT
    h.tender_id,
    c.publish_time,
    COALESCE(c.new_deadline, e.new_deadline, h.bid_deadline) AS deadline,
    h.clarify_days
  FROM called AS h
  JOIN tender_section AS s
    ON s.tender_id = h.tender_id
  JOIN tender_clarification AS c
    ON c.section_id = s.section_id
  LEFT JOIN earlier AS e
    ON e.section_id = c.section_id
   AND e.publish_time = c.publish_time
   AND e.last = 1
  WHERE c.substantive
), short AS (
  SELECT
    k.tender_id,
    MIN(DATE_DIFF('day', CAST(k.publish_time AS DATE), CAST(k.deadline AS DATE))) AS shortest_clarification
  FROM clarified AS k
  WHERE k.publish_time < k.deadline
    AND k.publish_time > CAST(k.deadline - k.clarify_days * INTERVAL '1' DAY AS TIMESTAMP)
  GROUP BY k.tender_id
), tested AS (
  SELECT
    h.tender_id,
    h.agency_id,
    h.area_code,
    h.sale_period,
    h.bid_period,
    k.shortest_clarification,
    CASE WHEN h.sale_period < h.sale_days THEN 'a' END AS short_sale,
    CASE WHEN h.bid_period < h.bid_days THEN 'b' END AS short_bid,
    CASE WHEN k.tender_id IS NOT NULL THEN 'c' END AS late_clarification
  FROM called AS h
  LEFT JOIN short AS k
    ON k.tender_id = h.tender_id
)
SELECT
  d.tender_id,
  d.agency_id,
  d.area_code,
  CONCAT_WS(',', d.short_sale, d.short_bid, d.late_clarification) AS reasons,
  d.sale_period,
  d.bid_period,
  d.shortest_clarification,
  'yellow' AS grade
FROM tested AS d
WHERE COALESCE(d.short_sale, d.short_bid, d.late_clarification) IS NOT NULL
