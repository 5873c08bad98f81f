-- What became of each push on its way to alerts, and how long every step took.  Its newest number is how far the
-- event path has come: it is written in the transaction of the findings.
-- depends: detect-0004-moved-findings
CREATE TABLE engine.event_trace (
    seq bigint PRIMARY KEY,
    interface text NOT NULL,
    rows integer NOT NULL,
    received_at timestamptz NOT NULL,
    run bigint REFERENCES engine.run,
    -- Milliseconds; null for a step that was not come to.
    waited double precision NOT NULL,
    conformed double precision,
    units double precision,
    evaluated double precision,
    committed double precision,
    alerted double precision,
    total double precision,
    findings integer NOT NULL DEFAULT 0,
    failure text NOT NULL DEFAULT ''
);
CREATE INDEX event_trace_received ON engine.event_trace (received_at);
CREATE INDEX event_trace_open ON engine.event_trace (seq) WHERE total IS NULL;
