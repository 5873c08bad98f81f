-- depends: detect-0007-model-life
-- How a model's standing findings were spread on a day: by grade, by county, and by the size of the figures they name.
CREATE TABLE engine.finding_shape (
    model text NOT NULL,
    day date NOT NULL,
    model_sha text NOT NULL,
    param_hash text NOT NULL,
    run bigint NOT NULL REFERENCES engine.run,
    findings bigint NOT NULL,
    -- {"grade": {"red": 3}, "county": {"330783": 3}, "payload.amount": {"1020": 3}}
    spread jsonb NOT NULL,
    PRIMARY KEY (model, day)
);

-- What each detector says of each model now.  A detector that cannot tell says so; it is never silent.
CREATE TABLE engine.sign (
    detector text NOT NULL CHECK (detector IN ('shape', 'silence', 'canary')),
    model text NOT NULL,
    area_code text NOT NULL DEFAULT '',
    about text NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('ok', 'raised', 'unknown')),
    value double precision,
    bound double precision,
    why jsonb NOT NULL,
    as_of date NOT NULL,
    -- Since when it has been in this state.
    since date NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (detector, model, area_code, about)
);
CREATE INDEX sign_model ON engine.sign (model);

-- What the gates of this deployment ask for beyond what they ask for everywhere.
CREATE TABLE engine.gate_value (
    id bigserial PRIMARY KEY,
    name text NOT NULL,
    value double precision NOT NULL,
    valid_from date NOT NULL,
    reason text NOT NULL CHECK (reason <> ''),
    proposed_by text NOT NULL CHECK (proposed_by <> ''),
    approved_by text NOT NULL CHECK (approved_by <> '' AND approved_by <> proposed_by),
    decided_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON engine.gate_value
    FOR EACH ROW EXECUTE FUNCTION engine.only_added();
