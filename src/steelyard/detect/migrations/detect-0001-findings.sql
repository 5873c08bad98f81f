-- What models found, over which pool version, and where they could not look.
CREATE TABLE engine.run (
    id bigserial PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    as_of date NOT NULL,
    pool_version bigint NOT NULL,
    new_findings integer NOT NULL DEFAULT 0,
    changed integer NOT NULL DEFAULT 0,
    vanished integer NOT NULL DEFAULT 0,
    unchanged integer NOT NULL DEFAULT 0,
    not_evaluable integer NOT NULL DEFAULT 0,
    by_model jsonb NOT NULL DEFAULT '{}',
    failed jsonb NOT NULL DEFAULT '{}'
);

CREATE SEQUENCE engine.finding_seq;

CREATE TABLE engine.finding (
    fingerprint text PRIMARY KEY,
    seq bigint NOT NULL UNIQUE DEFAULT nextval('engine.finding_seq'),
    model text NOT NULL,
    model_version text NOT NULL,
    model_sha text NOT NULL,
    param_hash text NOT NULL,
    key jsonb NOT NULL,
    grade text NOT NULL,
    model_grade text NOT NULL,
    grade_reason jsonb,
    area_code text,
    payload jsonb NOT NULL,
    subjects jsonb NOT NULL,
    identity_tier text,
    title jsonb NOT NULL,
    evidence jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('new', 'changed', 'vanished')),
    first_pool_version bigint NOT NULL,
    last_pool_version bigint NOT NULL,
    first_run bigint NOT NULL REFERENCES engine.run,
    last_run bigint NOT NULL REFERENCES engine.run,
    as_of date NOT NULL
);
CREATE INDEX finding_model ON engine.finding (model);

CREATE TABLE engine.readiness (
    run bigint NOT NULL REFERENCES engine.run ON DELETE CASCADE,
    model text NOT NULL,
    area_code text NOT NULL,
    state text NOT NULL CHECK (state IN ('ready', 'partly', 'not_evaluable', 'failed')),
    reason jsonb,
    PRIMARY KEY (model, area_code, run)
);
CREATE INDEX readiness_run ON engine.readiness (run);

CREATE TABLE engine.parameter_override (
    id bigserial PRIMARY KEY,
    model text NOT NULL,
    area_prefix text NOT NULL,
    parameter_values jsonb NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    reason text NOT NULL DEFAULT '',
    proposed_by text NOT NULL DEFAULT '',
    approved_by text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parameter_override_model ON engine.parameter_override (model);
