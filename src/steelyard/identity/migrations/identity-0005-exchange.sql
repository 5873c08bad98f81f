-- What was given to whom and what was taken from whom; and the ties outside publishers told us, apart from our own.
CREATE TABLE engine.exchange (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    direction text NOT NULL CHECK (direction IN ('out', 'in')),
    format text NOT NULL CHECK (format IN ('ftm', 'bods', 'csv')),
    -- The recipient, or the publisher.
    party text NOT NULL CHECK (party <> ''),
    who text NOT NULL CHECK (who <> ''),
    masked boolean NOT NULL DEFAULT true,
    keys_shown boolean NOT NULL DEFAULT false,
    purpose text NOT NULL DEFAULT '',
    asked_by text,
    approved_by text,
    sha256 text NOT NULL,
    subjects bigint NOT NULL,
    ties bigint NOT NULL,
    facts jsonb NOT NULL DEFAULT '{}',
    CHECK (asked_by <> approved_by),
    CHECK (direction = 'in' OR (masked AND NOT keys_shown)
        OR (purpose <> '' AND asked_by IS NOT NULL AND approved_by IS NOT NULL))
);
CREATE UNIQUE INDEX exchange_in ON engine.exchange (party, sha256) WHERE direction = 'in';

CREATE TABLE engine.imported_tie (
    publisher text NOT NULL,
    id text NOT NULL,
    exchange uuid NOT NULL REFERENCES engine.exchange,
    kind text NOT NULL,
    a text NOT NULL,
    b text NOT NULL,
    basis text NOT NULL DEFAULT '',
    role text,
    degree smallint,
    share double precision,
    most double precision,
    from_date date,
    to_date date,
    confidence double precision,
    file text NOT NULL,
    row bigint NOT NULL,
    PRIMARY KEY (publisher, id),
    CHECK (a <> b)
);
CREATE INDEX imported_tie_a ON engine.imported_tie (a);
CREATE INDEX imported_tie_b ON engine.imported_tie (b);
