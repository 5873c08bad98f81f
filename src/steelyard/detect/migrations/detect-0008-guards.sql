-- What a run may not do unasked waits here for a person, and what each model cost in each run.
CREATE TABLE engine.held_batch (
    id bigserial PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('findings', 'vanishings', 'emptied')),
    model text NOT NULL DEFAULT '',
    dataset text NOT NULL DEFAULT '',
    area_code text NOT NULL DEFAULT '',
    pool_version bigint NOT NULL,
    as_of date NOT NULL,
    model_sha text NOT NULL DEFAULT '',
    param_hash text NOT NULL DEFAULT '',
    rows bigint NOT NULL,
    most bigint NOT NULL,
    why jsonb NOT NULL,
    by_area jsonb NOT NULL DEFAULT '{}',
    sample jsonb NOT NULL DEFAULT '[]',
    file text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'releasing', 'released', 'discarded', 'settled')),
    only_area text NOT NULL DEFAULT '',
    only_grades text[] NOT NULL DEFAULT '{}',
    first_run bigint NOT NULL REFERENCES engine.run,
    last_run bigint NOT NULL REFERENCES engine.run,
    held_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    asked_by text NOT NULL DEFAULT '',
    decided_by text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT ''
);
-- One matter waits once: a later run renews what waits instead of adding to it.
CREATE UNIQUE INDEX held_batch_open ON engine.held_batch (kind, model, dataset, area_code)
    WHERE state IN ('held', 'releasing');
CREATE INDEX held_batch_model ON engine.held_batch (model, state);

CREATE TABLE engine.held_vanishing (
    batch bigint NOT NULL REFERENCES engine.held_batch ON DELETE CASCADE,
    fingerprint text NOT NULL,
    PRIMARY KEY (batch, fingerprint)
);
CREATE INDEX held_vanishing_fingerprint ON engine.held_vanishing (fingerprint);

-- How many rows a dataset was last believed to have in an area.
CREATE TABLE engine.dataset_level (
    dataset text NOT NULL,
    area_code text NOT NULL,
    rows bigint NOT NULL,
    pool_version bigint NOT NULL,
    PRIMARY KEY (dataset, area_code)
);

CREATE TABLE engine.run_model (
    run bigint NOT NULL REFERENCES engine.run ON DELETE CASCADE,
    model text NOT NULL,
    model_version text NOT NULL,
    scope text NOT NULL CHECK (scope IN ('full', 'units', 'none')),
    why jsonb,
    rows_out bigint NOT NULL DEFAULT 0,
    new_findings bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    vanished bigint NOT NULL DEFAULT 0,
    units bigint,
    rows_read bigint,
    columns_read integer NOT NULL DEFAULT 0,
    wall_ms bigint NOT NULL DEFAULT 0,
    cpu_ms bigint NOT NULL DEFAULT 0,
    held boolean NOT NULL DEFAULT false,
    failure text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (model, run)
);
CREATE INDEX run_model_run ON engine.run_model (run);
