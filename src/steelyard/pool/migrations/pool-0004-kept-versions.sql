-- Pool versions that no delivery made, versions kept on purpose, and versions that vacuum made unreadable.
ALTER TABLE engine.pool_version ALTER COLUMN delivery DROP NOT NULL;
ALTER TABLE engine.pool_version ADD COLUMN what text NOT NULL DEFAULT 'landing';
ALTER TABLE engine.pool_version ADD COLUMN vacuumed_at timestamptz;

CREATE TABLE engine.pool_pin (
    id bigserial PRIMARY KEY,
    pool_version bigint NOT NULL REFERENCES engine.pool_version,
    reason text NOT NULL CHECK (reason <> ''),
    pinned_by text NOT NULL DEFAULT '',
    pinned_at timestamptz NOT NULL DEFAULT now(),
    released_at timestamptz
);
CREATE INDEX pool_pin_version ON engine.pool_pin (pool_version) WHERE released_at IS NULL;
