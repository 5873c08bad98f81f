WITH hired AS (
  SELECT
    n.recruit_id,
    n.company_id,
    n.person_id,
    n.post,
    n.applicants,
    n.written_rank,
    n.interview_rank,
    n.announce_date,
    n.close_date,
    COUNT(*) OVER (PARTITION BY n.recruit_id, n.company_id, n.post) AS places
  FROM soe_recruit AS n
  WHERE n.hired
    AND n.recruit_id <> ''
    AND n.company_id <> ''
), open_to_doubt AS (
  -- few applicants, a written rank beyond the places, or hardly any days to apply
  SELECT
    h.recruit_id,
    h.company_id,
    h.person_id,
    h.post,
    h.applicants,
    h.written_rank,
    h.interview_rank,
    h.close_date,
    h.places,
    o.parent_company_id,
    q.area_code,
    q.leader_positions,
    q.max_degree,
    q.min_conf
  FROM hired AS h
  LEFT JOIN soe_org AS o
    ON o.company_id = h.company_id
  LEFT JOIN company AS c
    ON c.company_id = h.company_id
  LEFT JOIN param AS own
    ON own.area_code = c.area_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE h.person_id <> ''
    AND (
      h.applicants <= q.max_applicants
      OR h.written_rank > h.places
      OR DATE_DIFF('day', h.announce_date, h.close_date) < q.min_days
    )
), leader AS (
  SELECT e.person_id, e.company_id, e.position, e.hire_date, e.leave_date, d.recruit_id, d.person_id AS hired_id
  FROM open_to_doubt AS d
  JOIN soe_employee AS e
    ON e.company_id = d.company_id
  UNION ALL
  SELECT e.person_id, e.company_id, e.position, e.hire_date, e.leave_date, d.recruit_id, d.person_id AS hired_id
  FROM open_to_doubt AS d
  JOIN soe_employee AS e
    ON e.company_id = d.parent_company_id
), tie AS (
  SELECT
    d.recruit_id,
    d.company_id,
    d.person_id,
    l.person_id AS leader_id,
    f.min_tier,
    ROW_NUMBER() OVER (PARTITION BY d.recruit_id, d.person_id ORDER BY f.degree, l.person_id) AS nearest
  FROM open_to_doubt AS d
  JOIN leader AS l
    ON l.recruit_id = d.recruit_id
   AND l.hired_id = d.person_id
  JOIN relative_of AS f
    ON f.person_id = l.person_id
   AND f.relative_id = d.person_id
  WHERE STRPOS('|' || d.leader_positions || '|', '|' || l.position || '|') > 0
    AND l.hire_date <= d.close_date
    AND (l.leave_date IS NULL OR l.leave_date >= d.close_date)
    AND f.degree <= d.max_degree
    AND f.confidence >= d.min_conf
    AND (f.from_date IS NULL OR f.from_date <= d.close_date)
    AND (f.to_date IS NULL OR f.to_date >= d.close_date)
), ranked AS (
  SELECT
    d.person_id,
    d.company_id,
    d.area_code,
    t.leader_id AS relative_id,
    d.recruit_id,
    d.post,
    d.applicants,
    d.places,
    d.written_rank,
    d.interview_rank,
    t.min_tier,
    ROW_NUMBER() OVER (PARTITION BY d.person_id, d.company_id ORDER BY d.close_date DESC, d.recruit_id) AS latest
  FROM open_to_doubt AS d
  JOIN tie AS t
    ON t.recruit_id = d.recruit_id
   AND t.person_id = d.person_id
  WHERE t.nearest = 1
)
SELECT
  k.person_id,
  k.company_id,
  k.area_code,
  k.relative_id,
  k.recruit_id,
  k.post,
  k.applicants,
  k.places,
  k.written_rank,
  k.interview_rank,
  k.min_tier AS identity_tier,
  CASE WHEN k.written_rank > k.places AND k.interview_rank < k.written_rank THEN 'red' ELSE 'yellow' END AS grade
FROM ranked AS k
WHERE k.latest = 1
