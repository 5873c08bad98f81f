SELECT
  s.section_id,
  s.tender_id,
  t.owner_org_id,
  t.agency_id,
  COALESCE(NULLIF(s.category, ''), t.category) AS category,
  t.area_code,
  t.officer_id,
  t.status
FROM tender_section AS s
LEFT JOIN tender AS t
  ON t.tender_id = s.tender_id
