-- Findings that went with a person whose records were found to be one, or two: their alert goes with them.
CREATE TABLE engine.finding_move (
    id bigserial PRIMARY KEY,
    model text NOT NULL,
    from_fingerprint text NOT NULL,
    to_fingerprint text NOT NULL,
    joined boolean NOT NULL,
    run bigint NOT NULL REFERENCES engine.run,
    moved_at timestamptz NOT NULL DEFAULT now(),
    CHECK (from_fingerprint <> to_fingerprint)
);
CREATE INDEX finding_move_model ON engine.finding_move (model, to_fingerprint);
ALTER TABLE engine.run ADD COLUMN identity_generation bigint NOT NULL DEFAULT 0;
