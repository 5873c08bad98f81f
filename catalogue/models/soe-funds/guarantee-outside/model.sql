WITH running AS (
  SELECT
    g.guarantee_id,
    g.company_id,
    g.beneficiary_id,
    g.kind,
    g.amount,
    g.start_date,
    g.end_date,
    g.decision_id,
    COALESCE(NULLIF(o.parent_company_id, ''), NULLIF(g.company_id, '')) AS root_id,
    CASE WHEN b.company_id IS NOT NULL THEN COALESCE(NULLIF(b.parent_company_id, ''), b.company_id) END AS beneficiary_root_id,
    q.area_code,
    r.as_of
  FROM soe_guarantee AS g
  LEFT JOIN soe_org AS o
    ON o.company_id = g.company_id
  LEFT JOIN soe_org AS b
    ON b.company_id = g.beneficiary_id
  LEFT JOIN company AS c
    ON c.company_id = g.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE g.guarantee_id <> ''
    AND g.kind IN ('guarantee', 'loan')
    AND (g.start_date IS NULL OR g.start_date <= r.as_of)
    AND (g.end_date IS NULL OR g.end_date >= r.as_of)
), reason AS (
  SELECT g.guarantee_id, 'outside_group' AS reason
  FROM running AS g
  WHERE g.beneficiary_id <> ''
    AND g.root_id IS NOT NULL
    AND (g.beneficiary_root_id IS NULL OR g.beneficiary_root_id <> g.root_id)
  UNION ALL
  SELECT g.guarantee_id, 'enforcement' AS reason
  FROM running AS g
  WHERE EXISTS (
    SELECT 1
    FROM enforcement AS e
    WHERE e.subject_id = g.beneficiary_id
      AND e.in_date <= g.as_of
      AND (e.out_date IS NULL OR e.out_date > g.as_of)
  )
  UNION ALL
  SELECT g.guarantee_id, 'decision' AS reason
  FROM running AS g
  WHERE NOT EXISTS (
    -- a decision of the company that does not come after the start
    SELECT 1
    FROM soe_decision AS d
    WHERE d.decision_id = g.decision_id
      AND d.company_id = g.company_id
      AND d.meeting_date <= g.as_of
      AND (g.start_date IS NULL OR d.meeting_date <= g.start_date)
  )
)
SELECT
  g.guarantee_id,
  g.area_code,
  g.company_id,
  g.beneficiary_id,
  g.kind,
  g.amount,
  STRING_AGG(s.reason, ',' ORDER BY s.reason) AS reasons,
  g.end_date,
  'red' AS grade
FROM running AS g
JOIN reason AS s
  ON s.guarantee_id = g.guarantee_id
GROUP BY g.guarantee_id, g.area_code, g.company_id, g.beneficiary_id, g.kind, g.amount, g.end_date
