-- what is dated after the day of the look has not happened yet
WITH sent AS (
  SELECT
    c.clue_id,
    c.direction,
    c.from_org_id,
    c.to_org_id,
    CASE WHEN CAST(c.signed_time AS DATE) <= r.as_of THEN c.signed_time END AS signed_time,
    CASE WHEN CAST(c.feedback_time AS DATE) <= r.as_of THEN c.feedback_time END AS feedback_time,
    CAST(CAST(c.transfer_time AS DATE) + q.sign_days * INTERVAL '1' DAY AS DATE) AS sign_limit,
    CAST(CAST(c.transfer_time AS DATE) + q.feedback_days * INTERVAL '1' DAY AS DATE) AS feedback_limit,
    q.area_code,
    r.as_of
  FROM clue_transfer AS c
  LEFT JOIN org AS o
    ON o.org_id = c.to_org_id
  LEFT JOIN param AS own
    ON own.area_code = o.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE c.clue_id <> ''
), late AS (
  SELECT
    s.clue_id,
    s.direction,
    s.from_org_id,
    s.to_org_id,
    s.area_code,
    s.sign_limit,
    s.feedback_limit,
    s.as_of,
    CASE
      WHEN s.signed_time IS NULL AND s.as_of > s.sign_limit THEN 'sign'
      WHEN s.feedback_time IS NULL AND s.as_of > s.feedback_limit THEN 'feedback'
    END AS stage
  FROM sent AS s
)
SELECT
  t.clue_id,
  t.direction,
  t.from_org_id,
  t.to_org_id,
  t.area_code,
  t.stage,
  DATE_DIFF('day', CASE WHEN t.stage = 'sign' THEN t.sign_limit ELSE t.feedback_limit END, t.as_of) AS days_overdue,
  'yellow' AS grade
FROM late AS t
WHERE t.stage IS NOT NULL
