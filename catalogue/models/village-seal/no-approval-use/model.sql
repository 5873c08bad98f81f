WITH used AS (
  SELECT
    s.seal_use_id,
    s.village_code,
    q.area_code,
    s.seal_type,
    s.use_time,
    s.matter_type,
    s.keeper_id,
    CASE
      WHEN COALESCE(s.approval_id, '') = '' THEN 'no_approval'
      WHEN a.approval_id IS NULL THEN 'not_found'
      ELSE CONCAT_WS(
        ',',
        CASE WHEN a.result IS NULL OR a.result <> 'pass' THEN 'not_passed' END,
        CASE WHEN a.approve_time IS NULL OR a.approve_time > s.use_time THEN 'not_in_time' END,
        CASE WHEN a.village_code <> '' AND a.village_code <> s.village_code THEN 'other_village' END
      )
    END AS reason,
    q.major_types
  FROM seal_use AS s
  LEFT JOIN village_approval AS a
    ON a.approval_id = s.approval_id
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
)
SELECT
  u.seal_use_id,
  u.village_code,
  u.area_code,
  u.seal_type,
  u.use_time,
  u.matter_type,
  u.keeper_id,
  u.reason,
  CASE WHEN STRPOS('|' || u.major_types || '|', '|' || NULLIF(u.matter_type, '') || '|') > 0 THEN 'red' ELSE 'yellow' END AS grade
FROM used AS u
WHERE u.seal_use_id <> ''
  AND u.reason <> ''
