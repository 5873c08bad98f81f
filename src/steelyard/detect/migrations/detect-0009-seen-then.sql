-- From what a finding's frozen evidence was computed, so that it can be seen again as it was seen then.
CREATE TABLE engine.basis (
    sha256 text PRIMARY KEY,
    model text NOT NULL,
    model_sha text NOT NULL REFERENCES engine.model_text,
    relations jsonb NOT NULL,
    parameters jsonb NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE engine.basis IS 'Texts of the model and of the derived relations it read, and its parameters in force.';
CREATE TABLE engine.relation_text (
    sha256 text PRIMARY KEY,
    relation text NOT NULL,
    version text NOT NULL,
    files jsonb NOT NULL,
    kept_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE engine.finding ADD COLUMN frozen_basis text REFERENCES engine.basis;
ALTER TABLE engine.finding ADD COLUMN frozen_run bigint REFERENCES engine.run ON DELETE SET NULL;
CREATE INDEX finding_frozen_basis ON engine.finding (frozen_basis);
