-- Where and since when each model runs, who decided it, and on what figures.  Rows are added, never changed.
CREATE FUNCTION engine.only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps what was decided: add a row instead', TG_TABLE_NAME;
END $$;

CREATE TABLE engine.model_text (
    sha256 text PRIMARY KEY,
    model text NOT NULL,
    version text NOT NULL,
    files jsonb NOT NULL,
    author text NOT NULL DEFAULT '',
    kept_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE engine.model_text IS 'Texts that were released: any finding can be computed again from the text it names.';

CREATE TABLE engine.release (
    id bigserial PRIMARY KEY,
    model text NOT NULL,
    version text NOT NULL,
    sha256 text NOT NULL,
    phase text NOT NULL CHECK (phase IN ('draft', 'shadow', 'live-pilot', 'promoted', 'probation', 'retired')),
    area_prefix text NOT NULL DEFAULT '' CHECK (area_prefix ~ '^[0-9]*$'),
    valid_from date NOT NULL,
    valid_to date,
    decided_by text NOT NULL,
    approved_by text[] NOT NULL DEFAULT '{}',
    reason text NOT NULL CHECK (reason <> ''),
    evidence jsonb NOT NULL DEFAULT '{}',
    motion bigint UNIQUE,
    decided_at timestamptz NOT NULL DEFAULT now(),
    CHECK (valid_to IS NULL OR valid_to >= valid_from)
);
CREATE INDEX release_model ON engine.release (model, id);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON engine.release
    FOR EACH ROW EXECUTE FUNCTION engine.only_added();

-- What stands in the inboxes, what is only watched, what waits for a person.
ALTER TABLE engine.finding ADD COLUMN standing text NOT NULL DEFAULT 'routed'
    CHECK (standing IN ('routed', 'shadow', 'held', 'sweep'));
ALTER TABLE engine.finding ADD COLUMN campaign bigint;
CREATE INDEX finding_routed ON engine.finding (seq) WHERE standing = 'routed';
CREATE INDEX finding_standing ON engine.finding (model, standing) WHERE standing <> 'routed';

-- A local value is ended by another row; both stay.
ALTER TABLE engine.parameter_override ADD COLUMN ends bigint REFERENCES engine.parameter_override;
ALTER TABLE engine.parameter_override ADD COLUMN effect jsonb NOT NULL DEFAULT '{}';
ALTER TABLE engine.parameter_override ADD COLUMN motion bigint UNIQUE;
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON engine.parameter_override
    FOR EACH ROW EXECUTE FUNCTION engine.only_added();
CREATE VIEW engine.parameter_held AS
    SELECT o.id, o.model, o.area_prefix, o.parameter_values, o.valid_from,
           least(o.valid_to, (SELECT min(e.valid_from) - 1 FROM engine.parameter_override e WHERE e.ends = o.id))
               AS valid_to,
           o.reason, o.proposed_by, o.approved_by, o.created_at
      FROM engine.parameter_override o WHERE o.ends IS NULL;

-- What a changed parameter newly covers although it happened before: a person opens it or not.
CREATE TABLE engine.sweep_campaign (
    id bigserial PRIMARY KEY,
    model text NOT NULL,
    area_prefix text NOT NULL,
    parameter_override bigint REFERENCES engine.parameter_override,
    since date NOT NULL,
    run bigint REFERENCES engine.run ON DELETE SET NULL,
    opened boolean,
    decided_by text NOT NULL DEFAULT '',
    reason text NOT NULL DEFAULT '',
    decided_at timestamptz,
    made_at timestamptz NOT NULL DEFAULT now()
);

-- Reports on a text: back-tests, and how often alerts were right where it came from.
CREATE TABLE engine.model_report (
    id bigserial PRIMARY KEY,
    model text NOT NULL,
    version text NOT NULL,
    sha256 text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('backtest', 'precision')),
    made_by text NOT NULL DEFAULT '',
    made_at timestamptz NOT NULL DEFAULT now(),
    body jsonb NOT NULL
);
CREATE INDEX model_report_of ON engine.model_report (model, sha256);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON engine.model_report
    FOR EACH ROW EXECUTE FUNCTION engine.only_added();
