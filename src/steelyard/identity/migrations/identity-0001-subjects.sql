-- Numbers lie in one table that readers never see; everybody else speaks of keys.
CREATE TABLE engine.subject (
    key text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('person', 'company', 'org')),
    name text NOT NULL DEFAULT '',
    tier text NOT NULL CHECK (tier IN ('T1', 'source'))
);

CREATE TABLE engine.identifier (
    seq bigserial NOT NULL,
    kind text NOT NULL CHECK (kind IN ('resident', 'credit', 'source')),
    value text NOT NULL,
    key text NOT NULL,
    PRIMARY KEY (kind, value)
);
CREATE INDEX identifier_key ON engine.identifier (key);
CREATE INDEX identifier_seq ON engine.identifier USING brin (seq);

CREATE TABLE engine.identity_question (
    id bigserial PRIMARY KEY,
    asked_at timestamptz NOT NULL DEFAULT now(),
    delivery uuid NOT NULL,
    dataset text NOT NULL,
    column_name text NOT NULL,
    file text NOT NULL,
    row bigint NOT NULL,
    reason text NOT NULL,
    masked text NOT NULL,
    name text NOT NULL DEFAULT '',
    known_name text NOT NULL DEFAULT '',
    key text,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered')),
    UNIQUE (dataset, column_name, reason, masked, name)
);
