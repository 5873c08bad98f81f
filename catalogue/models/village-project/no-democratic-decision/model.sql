-- a step holds when at least one of its rows fulfils every condition; further rows do no harm
WITH signed AS (
  SELECT
    p.project_id,
    p.village_code,
    p.contract_amount,
    p.sign_date,
    q.area_code,
    q.quorum,
    q.majority
  FROM village_project AS p
  LEFT JOIN param AS own
    ON own.area_code = p.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE p.project_id <> ''
    AND p.sign_date IS NOT NULL
    AND p.contract_amount >= q.min_amount
), step AS (
  SELECT
    s.project_id,
    d.step,
    CASE
      WHEN d.step_date > s.sign_date OR d.step_date IS NULL THEN 0
      WHEN d.step <> 'vote' THEN 1
      WHEN d.eligible > 0
       AND d.attended > 0
       AND d.attended >= s.quorum * d.eligible
       AND d.votes_for > s.majority * d.attended THEN 1
      ELSE 0
    END AS held
  FROM signed AS s
  JOIN village_decision AS d
    ON d.matter_id = s.project_id
  WHERE d.matter_type = 'project'
), taken AS (
  -- null: no row of the step; 0: rows, but none that holds
  SELECT
    t.project_id,
    MAX(CASE WHEN t.step = 'joint_meeting' THEN t.held END) AS joint_meeting,
    MAX(CASE WHEN t.step = 'party_meeting' THEN t.held END) AS party_meeting,
    MAX(CASE WHEN t.step = 'proposal' THEN t.held END) AS proposal,
    MAX(CASE WHEN t.step = 'vote' THEN t.held END) AS vote
  FROM step AS t
  GROUP BY t.project_id
)
SELECT
  s.project_id,
  s.village_code,
  s.area_code,
  CONCAT_WS(
    ',',
    CASE WHEN t.joint_meeting IS NULL THEN 'joint_meeting' END,
    CASE WHEN t.party_meeting IS NULL THEN 'party_meeting' END,
    CASE WHEN t.proposal IS NULL THEN 'proposal' END,
    CASE WHEN t.vote IS NULL THEN 'vote' END
  ) AS missing_steps,
  CONCAT_WS(
    ',',
    CASE WHEN t.joint_meeting = 0 THEN 'joint_meeting' END,
    CASE WHEN t.party_meeting = 0 THEN 'party_meeting' END,
    CASE WHEN t.proposal = 0 THEN 'proposal' END,
    CASE WHEN t.vote = 0 THEN 'vote' END
  ) AS invalid_steps,
  s.contract_amount,
  s.sign_date,
  'red' AS grade
FROM signed AS s
LEFT JOIN taken AS t
  ON t.project_id = s.project_id
WHERE COALESCE(t.joint_meeting, 0) + COALESCE(t.party_meeting, 0) + COALESCE(t.proposal, 0) + COALESCE(t.vote, 0) < 4
