-- depends: detect-0007-model-life detect-0008-guards
-- A newer text that is watched beside the one that raises alerts: what it says is nobody's finding.  The two texts give
-- the same fingerprints, so what the newer one says lies in a table of its own and can neither overwrite nor take away
-- what was told.
ALTER TABLE engine.release ADD COLUMN beside boolean NOT NULL DEFAULT false;

CREATE TABLE engine.beside_finding (
    sha256 text NOT NULL,
    fingerprint text NOT NULL,
    model text NOT NULL,
    version text NOT NULL,
    key jsonb NOT NULL,
    -- The text's own, before uncertain identities cap it.
    grade text NOT NULL,
    area_code text NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('new', 'changed', 'vanished')),
    standing text NOT NULL DEFAULT 'shadow' CHECK (standing = 'shadow'),
    first_run bigint NOT NULL REFERENCES engine.run,
    last_run bigint NOT NULL REFERENCES engine.run,
    PRIMARY KEY (sha256, fingerprint)
);
CREATE INDEX beside_finding_model ON engine.beside_finding (model);

-- What each look of a watched text cost, beside what the text that raises alerts cost in the same run.
CREATE TABLE engine.beside_run (
    run bigint NOT NULL REFERENCES engine.run ON DELETE CASCADE,
    model text NOT NULL,
    model_version text NOT NULL,
    sha256 text NOT NULL,
    -- Over everything that decides what it says: where it is the same, nothing was evaluated.
    basis text NOT NULL,
    rows_out bigint NOT NULL DEFAULT 0,
    new_findings bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    vanished bigint NOT NULL DEFAULT 0,
    rows_read bigint,
    wall_ms bigint NOT NULL DEFAULT 0,
    cpu_ms bigint NOT NULL DEFAULT 0,
    failure text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, sha256)
);
CREATE INDEX beside_run_text ON engine.beside_run (sha256, run);
