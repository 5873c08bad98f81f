-- Which areas have data, day by day: a row only where an area changed, so that a quiet year costs nothing.
CREATE TABLE engine.coverage_day (
    dataset text NOT NULL,
    area_code text NOT NULL,
    day date NOT NULL,
    level text NOT NULL,
    rows bigint NOT NULL,
    latest date,
    completeness double precision,
    validity double precision,
    PRIMARY KEY (dataset, area_code, day)
);

-- What the last measure of a dataset looked at; the same tables again are not measured twice.
CREATE TABLE engine.coverage_taken (
    dataset text PRIMARY KEY,
    day date NOT NULL,
    looked_at jsonb NOT NULL
);

-- Where a row lies now is read of the newest pool version alone; its history stands in coverage_day.
DELETE FROM engine.coverage c USING (
    SELECT dataset, max(pool_version) AS pool_version FROM engine.coverage GROUP BY dataset
) newest WHERE newest.dataset = c.dataset AND c.pool_version < newest.pool_version;

GRANT SELECT ON engine.coverage_day, engine.coverage_taken TO engine_reader;
