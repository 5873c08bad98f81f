-- The wrapped keys of delivered files, and what was erased for whom and why.
CREATE TABLE engine.raw_key (
    delivery uuid PRIMARY KEY REFERENCES engine.delivery ON DELETE CASCADE,
    wrapped bytea,
    made_at timestamptz NOT NULL DEFAULT now(),
    destroyed_at timestamptz,
    CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE TABLE engine.erasure (
    id bigserial PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('person', 'expiry')),
    subject text,
    reason text NOT NULL CHECK (reason <> ''),
    asked_by text NOT NULL CHECK (asked_by <> ''),
    approved_by text NOT NULL CHECK (approved_by <> ''),
    begun_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    counts jsonb NOT NULL DEFAULT '{}',
    CHECK (asked_by <> approved_by)
);

CREATE TABLE engine.erased_file (
    erasure bigint NOT NULL REFERENCES engine.erasure,
    place text NOT NULL,
    old_sha256 text NOT NULL,
    new_sha256 text,
    rows bigint NOT NULL,
    PRIMARY KEY (erasure, place)
);
