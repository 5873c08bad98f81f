WITH let AS (
  SELECT
    c.contract_id,
    c.village_code,
    SUBSTR(c.village_code, 1, 9) AS town,
    q.area_code,
    c.party_id,
    c.asset_id,
    a.asset_type,
    c.contract_type,
    c.sign_date,
    CAST(c.sign_date - q.window_years * INTERVAL '1' YEAR AS DATE) AS peers_from,
    c.annual_rent,
    c.area,
    CAST(c.annual_rent / c.area AS DECIMAL(28, 10)) AS unit_rent,
    q.low_ratio,
    q.min_n
  FROM village_contract AS c
  JOIN village_asset AS a
    ON a.asset_id = c.asset_id
  LEFT JOIN param AS own
    ON own.area_code = c.village_code
  CROSS JOIN run AS r
  JOIN param AS q
    ON q.area_code = COALESCE(own.area_code, r.root_area)
  WHERE (c.status IS NULL OR c.status <> 'void')
    AND c.contract_type IN ('lease', 'land')
    AND c.annual_rent > 0
    AND c.area > 0
    AND a.asset_type <> ''
), counted AS (
  -- numbers instead of texts and long decimals, for many rows meet many: within a kind and town they rise with the rent
  SELECT
    c.contract_id,
    c.town,
    c.asset_type,
    c.contract_type,
    c.sign_date,
    c.peers_from,
    c.annual_rent,
    c.area,
    c.unit_rent,
    c.min_n,
    CAST(c.unit_rent AS DOUBLE) AS rent,
    CAST(c.low_ratio AS DOUBLE) * CAST(1.000000001 AS DOUBLE) AS share,
    ROW_NUMBER() OVER (ORDER BY c.town, c.asset_type, c.contract_type, c.unit_rent, c.contract_id) AS no,
    COUNT(*) OVER (PARTITION BY c.town, c.asset_type, c.contract_type) AS size,
    COUNT(*) OVER (
      PARTITION BY c.town, c.asset_type, c.contract_type ORDER BY c.sign_date RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS until_then,
    DENSE_RANK() OVER (ORDER BY c.asset_id) AS asset_no,
    COUNT(*) OVER (PARTITION BY c.asset_id) AS own
  FROM let AS c
), kind AS (
  SELECT c.town, c.asset_type, c.contract_type, MIN(c.no) AS first_no, MIN(EXTRACT(YEAR FROM c.sign_date)) AS first_year
  FROM counted AS c
  GROUP BY c.town, c.asset_type, c.contract_type
), numbered AS (
  -- the middle fifth of the rents of a kind mostly holds the medians of its windows
  SELECT
    c.contract_id,
    c.town,
    c.asset_type,
    c.contract_type,
    c.sign_date,
    c.peers_from,
    c.annual_rent,
    c.area,
    c.unit_rent,
    c.min_n,
    c.rent,
    c.share,
    c.no,
    c.asset_no,
    c.until_then,
    c.own,
    k.first_no,
    k.first_year,
    k.first_no + c.size AS next_no,
    CASE WHEN 5 * (c.no - k.first_no) < 2 * c.size THEN 1 ELSE 0 END AS below,
    CASE WHEN 5 * (c.no - k.first_no) >= 2 * c.size AND 5 * (c.no - k.first_no) <= 3 * c.size THEN 1 ELSE 0 END AS inside
  FROM counted AS c
  JOIN kind AS k
    ON k.town = c.town
   AND k.asset_type = c.asset_type
   AND k.contract_type = c.contract_type
), year_end AS (
  SELECT c.town, c.asset_type, c.contract_type, EXTRACT(YEAR FROM c.sign_date) AS year, MAX(c.until_then) AS until_then
  FROM counted AS c
  GROUP BY c.town, c.asset_type, c.contract_type, EXTRACT(YEAR FROM c.sign_date)
), fewest AS (
  -- at least so many peers, from the year after the window opens on; half of them must pay more than the contract may pay at least
  SELECT
    c.no,
    c.next_no - CAST(
      FLOOR(
        (
          GREATEST(
            c.min_n,
            CASE
              WHEN EXTRACT(YEAR FROM c.peers_from) < c.first_year THEN c.until_then - c.own
              WHEN y.until_then > 0 THEN c.until_then - y.until_then - c.own
              ELSE 0
            END
          ) + 1
        ) / 2.0
      ) AS BIGINT
    ) AS dear_no
  FROM numbered AS c
  LEFT JOIN year_end AS y
    ON y.town = c.town
   AND y.asset_type = c.asset_type
   AND y.contract_type = c.contract_type
   AND y.year = EXTRACT(YEAR FROM c.peers_from)
), asked AS (
  SELECT
    c.no,
    c.town,
    c.asset_type,
    c.contract_type,
    c.sign_date,
    c.peers_from,
    c.min_n,
    c.rent,
    c.share,
    c.asset_no
  FROM numbered AS c
  JOIN fewest AS m
    ON m.no = c.no
  JOIN numbered AS d
    ON d.no = m.dear_no
  WHERE m.dear_no >= c.first_no
    AND c.rent < c.share * d.rent
), cheap AS (
  -- below the median stands only who is below half of its peers: the few that are get a median
  SELECT
    c.no,
    COUNT(*) AS peer_count,
    SUM(p.below) AS below,
    SUM(p.inside) AS inside
  FROM asked AS c
  JOIN numbered AS p
    ON p.town = c.town
   AND p.asset_type = c.asset_type
   AND p.contract_type = c.contract_type
   AND p.asset_no <> c.asset_no
   AND p.sign_date >= c.peers_from
   AND p.sign_date <= c.sign_date
  GROUP BY c.no, c.min_n
  HAVING COUNT(*) >= c.min_n
     AND 2 * SUM(CASE WHEN c.rent < c.share * p.rent THEN 1 ELSE 0 END) >= COUNT(*)
), sought AS (
  -- where the middle fifth does not hold the two in the middle, all peers are put in order
  SELECT
    k.no,
    k.peer_count,
    CASE WHEN 2 * k.below < k.peer_count - 1 AND 2 * (k.below + k.inside) >= k.peer_count + 2 THEN 1 ELSE 0 END AS inside,
    CASE WHEN 2 * k.below < k.peer_count - 1 AND 2 * (k.below + k.inside) >= k.peer_count + 2 THEN k.below ELSE 0 END AS before
  FROM cheap AS k
), ranked AS (
  SELECT
    k.no,
    k.peer_count,
    p.no AS peer_no,
    k.before + ROW_NUMBER() OVER (PARTITION BY k.no ORDER BY p.no) AS place
  FROM sought AS k
  JOIN asked AS c
    ON c.no = k.no
  JOIN numbered AS p
    ON p.town = c.town
   AND p.asset_type = c.asset_type
   AND p.contract_type = c.contract_type
   AND p.asset_no <> c.asset_no
   AND p.sign_date >= c.peers_from
   AND p.sign_date <= c.sign_date
  WHERE p.inside >= k.inside
), centre AS (
  -- the two peers in the middle; with an odd number they are one
  SELECT
    k.no,
    k.peer_count,
    MIN(k.peer_no) AS lower_no,
    MAX(k.peer_no) AS upper_no
  FROM ranked AS k
  WHERE 2 * k.place >= k.peer_count
    AND 2 * k.place <= k.peer_count + 2
  GROUP BY k.no, k.peer_count
), middle AS (
  SELECT
    c.contract_id,
    k.peer_count,
    l.annual_rent AS lower_rent,
    l.area AS lower_area,
    u.annual_rent AS upper_rent,
    u.area AS upper_area,
    CAST(l.unit_rent / 2 + u.unit_rent / 2 AS DECIMAL(28, 10)) AS median_rent
  FROM centre AS k
  JOIN numbered AS c
    ON c.no = k.no
  JOIN numbered AS l
    ON l.no = k.lower_no
  JOIN numbered AS u
    ON u.no = k.upper_no
), low AS (
  -- tested crosswise, without a quotient; a billionth of a thousandth is left for the arithmetic
  SELECT
    c.contract_id,
    c.village_code,
    c.area_code,
    c.party_id,
    c.sign_date,
    c.unit_rent,
    m.median_rent,
    m.peer_count
  FROM let AS c
  JOIN middle AS m
    ON m.contract_id = c.contract_id
  WHERE 2 * CAST(c.annual_rent AS DOUBLE) * m.lower_area * m.upper_area
    < c.low_ratio * CAST(c.area AS DOUBLE) * (m.lower_rent * CAST(m.upper_area AS DOUBLE) + m.upper_rent * CAST(m.lower_area AS DOUBLE))
      * CAST(0.999999999999 AS DOUBLE)
), tie AS (
  SELECT
    c.contract_id,
    MIN(t.min_tier) AS min_tier
  FROM low AS c
  JOIN in_office AS o
    ON o.village_code = c.village_code
  JOIN related_party AS t
    ON t.official_id = o.person_id
   AND t.party_id = c.party_id
  JOIN param AS q
    ON q.area_code = c.area_code
  WHERE (o.from_date IS NULL OR o.from_date <= c.sign_date)
    AND (o.to_date IS NULL OR o.to_date >= c.sign_date)
    AND (t.from_date IS NULL OR t.from_date <= c.sign_date)
    AND (t.to_date IS NULL OR t.to_date >= c.sign_date)
    AND t.degree <= q.max_degree
    AND COALESCE(t.confidence, 1) >= q.min_conf
    AND COALESCE(t.share, 1) >= q.min_ratio
    AND t.levels <= 2
  GROUP BY c.contract_id
)
SELECT
  c.contract_id,
  c.village_code,
  c.area_code,
  c.party_id,
  CAST(c.unit_rent AS DECIMAL(18, 6)) AS unit_rent,
  CAST(c.median_rent AS DECIMAL(18, 6)) AS median_rent,
  CAST(c.unit_rent / c.median_rent AS DECIMAL(18, 6)) AS ratio,
  c.peer_count,
  k.min_tier AS identity_tier,
  CASE WHEN k.contract_id IS NULL THEN 'yellow' ELSE 'red' END AS grade
FROM low AS c
LEFT JOIN tie AS k
  ON k.contract_id = c.contract_id
WHERE c.contract_id <> ''
