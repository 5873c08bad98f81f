WITH used AS (
  SELECT
    s.seal_use_id,
    s.village_code,
    q.area_code,
    s.seal_type,
    s.use_time,
    s.keeper_id,
    CONCAT_WS(
      ',',
      CASE WHEN a.step IS NULL OR a.step <> 'town' THEN 'not_town' END,
      CASE
        WHEN EXTRACT(HOUR FROM s.use_time) < q.work_from_hour OR EXTRACT(HOUR FROM s.use_time) >= q.work_to_hour THEN 'hours'
      END
    ) AS reason
  FROM seal_use AS s
  JOIN village_approval AS a
    ON a.approval_id = s.approval_id
  LEFT JOIN param AS own
    ON own.area_code = s.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE s.off_site
    AND s.approval_id <> ''
    AND a.result = 'pass'
)
SELECT
  u.seal_use_id,
  u.village_code,
  u.area_code,
  u.seal_type,
  u.use_time,
  u.keeper_id,
  u.reason,
  'yellow' AS grade
FROM used AS u
WHERE u.seal_use_id <> ''
  AND u.reason <> ''
