-- How far each model has looked, so that the next run looks at no more than what changed since.
CREATE TABLE engine.model_cursor (
    model text PRIMARY KEY,
    pool_version bigint NOT NULL,
    -- The newest push seen, landed or waiting.
    inbox_seq bigint NOT NULL DEFAULT 0,
    identity_generation bigint NOT NULL,
    model_sha text NOT NULL,
    -- Over the model, the relations behind it, and the columns of the datasets behind them.
    definition_sha text NOT NULL,
    param_hash text NOT NULL,
    as_of date NOT NULL,
    -- Over the areas in which findings are made, and those in which one that is gone is believed to be gone.
    scope_sha text NOT NULL,
    run bigint NOT NULL REFERENCES engine.run,
    moved_at timestamptz NOT NULL DEFAULT now()
);

ALTER TABLE engine.run ADD COLUMN kind text NOT NULL DEFAULT 'full'
    CHECK (kind IN ('event', 'batch', 'full', 'sweep', 'release', 'reconcile'));
ALTER TABLE engine.run ADD COLUMN risen integer NOT NULL DEFAULT 0;
ALTER TABLE engine.run ADD COLUMN fallen integer NOT NULL DEFAULT 0;
ALTER TABLE engine.run ADD COLUMN inbox_seq bigint NOT NULL DEFAULT 0;
-- By model the units looked at, or why all of them were.
ALTER TABLE engine.run ADD COLUMN scopes jsonb NOT NULL DEFAULT '{}';

-- The unit of a finding as JSON text, and the tier of the links without which the model would not say it.
ALTER TABLE engine.finding ADD COLUMN unit text;
ALTER TABLE engine.finding ADD COLUMN guessed text;
CREATE INDEX finding_unit ON engine.finding (model, unit);
CREATE INDEX finding_evidence_subjects ON engine.finding USING gin (evidence_subjects);

-- States of a derived relation, each the files that give it: a base, then patches of units and their rows.
CREATE TABLE engine.relation_version (
    id bigserial PRIMARY KEY,
    relation text NOT NULL,
    -- all: with every link of who is who; sure: with those that are no guess.
    form text NOT NULL CHECK (form IN ('all', 'sure')),
    sha text NOT NULL,
    pool_version bigint NOT NULL,
    inbox_seq bigint NOT NULL DEFAULT 0,
    identity_generation bigint NOT NULL,
    layers jsonb NOT NULL,
    rows bigint NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (relation, form, sha, pool_version, inbox_seq, identity_generation)
);

-- What a full run found otherwise than it was stored: none may be, so each is shown to operators with its rows.
CREATE TABLE engine.reconcile_incident (
    id bigserial PRIMARY KEY,
    run bigint NOT NULL REFERENCES engine.run,
    model text NOT NULL,
    fingerprint text NOT NULL,
    difference text NOT NULL CHECK (difference IN ('missing', 'superfluous', 'other')),
    area_code text,
    stored jsonb,
    found jsonb,
    found_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reconcile_incident_run ON engine.reconcile_incident (run);
