WITH appointed AS (
  SELECT
    e.person_id,
    e.company_id,
    e.position,
    e.hire_date,
    q.area_code,
    q.quorum,
    q.lookback_days
  FROM soe_employee AS e
  LEFT JOIN company AS c
    ON c.company_id = e.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE e.person_id <> ''
    AND e.company_id <> ''
    AND STRPOS('|' || q.managed_positions || '|', '|' || e.position || '|') > 0
), decided AS (
  SELECT
    a.person_id,
    a.company_id,
    a.position,
    a.hire_date,
    d.decision_id,
    COALESCE(d.party_precheck_date <= d.meeting_date, FALSE) AS prechecked,
    COALESCE(d.eligible > 0 AND d.attended >= a.quorum * d.eligible, FALSE) AS quorate,
    ROW_NUMBER() OVER (
      PARTITION BY a.person_id, a.company_id, a.position, a.hire_date
      ORDER BY d.meeting_date DESC, d.decision_id DESC
    ) AS latest
  FROM appointed AS a
  JOIN soe_decision AS d
    ON d.person_id = a.person_id
   AND d.company_id = a.company_id
  WHERE d.matter_type = 'personnel'
    AND d.meeting_date >= CAST(a.hire_date - a.lookback_days * INTERVAL '1' DAY AS DATE)
    AND d.meeting_date <= a.hire_date
), missed AS (
  SELECT
    a.person_id,
    a.company_id,
    a.area_code,
    a.position,
    a.hire_date,
    d.decision_id,
    CASE
      WHEN d.decision_id IS NULL THEN 'decision'
      WHEN d.quorate THEN 'precheck'
      WHEN d.prechecked THEN 'quorum'
      ELSE 'precheck,quorum'
    END AS missing,
    ROW_NUMBER() OVER (PARTITION BY a.person_id, a.company_id ORDER BY a.hire_date DESC, a.position) AS latest
  FROM appointed AS a
  LEFT JOIN decided AS d
    ON d.person_id = a.person_id
   AND d.company_id = a.company_id
   AND d.position = a.position
   AND d.hire_date = a.hire_date
   AND d.latest = 1
  WHERE NOT EXISTS (
    SELECT 1
    FROM decided AS g
    WHERE g.person_id = a.person_id
      AND g.company_id = a.company_id
      AND g.position = a.position
      AND g.hire_date = a.hire_date
      AND g.prechecked
      AND g.quorate
  )
)
SELECT
  m.person_id,
  m.company_id,
  m.area_code,
  m.position,
  m.hire_date,
  m.decision_id,
  m.missing,
  'yellow' AS grade
FROM missed AS m
WHERE m.latest = 1
