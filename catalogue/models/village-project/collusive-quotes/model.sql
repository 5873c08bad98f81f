-- the register is read on the day of the later offer
WITH pair AS (
  SELECT
    a.project_id,
    a.bidder_id AS company_id_a,
    b.bidder_id AS company_id_b,
    a.contact_phone AS phone_a,
    b.contact_phone AS phone_b,
    CAST(GREATEST(a.submit_time, b.submit_time) AS DATE) AS submit_date
  FROM village_project_bid AS a
  JOIN village_project_bid AS b
    ON b.project_id = a.project_id
  WHERE a.bidder_id < b.bidder_id
    AND a.bidder_id <> ''
    AND a.project_id <> ''
), link AS (
  SELECT
    p.project_id,
    p.company_id_a,
    p.company_id_b,
    p.submit_date,
    'contact_phone' AS link_type,
    CAST(NULL AS VARCHAR) AS min_tier,
    CAST(NULL AS DECIMAL(18, 6)) AS share
  FROM pair AS p
  WHERE p.phone_a = p.phone_b
    AND p.phone_a <> ''
  UNION ALL
  SELECT
    p.project_id,
    p.company_id_a,
    p.company_id_b,
    p.submit_date,
    k.basis AS link_type,
    k.min_tier,
    k.share
  FROM pair AS p
  JOIN linked_company AS k
    ON k.company_id_a = p.company_id_a
   AND k.company_id_b = p.company_id_b
  WHERE k.levels <= 2
    AND (k.from_date IS NULL OR k.from_date <= p.submit_date)
    AND (k.to_date IS NULL OR k.to_date >= p.submit_date)
), placed AS (
  SELECT
    k.project_id,
    k.company_id_a,
    k.company_id_b,
    k.submit_date,
    k.link_type,
    v.village_code,
    q.area_code,
    MIN(k.min_tier) AS min_tier
  FROM link AS k
  LEFT JOIN village_project AS v
    ON v.project_id = k.project_id
  LEFT JOIN param AS own
    ON own.area_code = v.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE k.share IS NULL OR k.share >= q.min_ratio
  GROUP BY k.project_id, k.company_id_a, k.company_id_b, k.submit_date, k.link_type, v.village_code, q.area_code
)
SELECT
  k.project_id,
  k.company_id_a,
  k.company_id_b,
  k.village_code,
  k.area_code,
  STRING_AGG(k.link_type, ',' ORDER BY k.link_type) AS link_types,
  k.submit_date,
  CASE WHEN COUNT(*) > COUNT(k.min_tier) THEN NULL ELSE MIN(k.min_tier) END AS identity_tier,
  'red' AS grade
FROM placed AS k
GROUP BY k.project_id, k.company_id_a, k.company_id_b, k.village_code, k.area_code, k.submit_date
