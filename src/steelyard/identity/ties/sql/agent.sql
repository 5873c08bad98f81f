-- From the company to the person who filed for it; the register tells the day alone.
SELECT company_id AS a, agent_person_id AS b, 'company_agent' AS basis, 'agent' AS role, 0.3 AS confidence, told
FROM company_agent
