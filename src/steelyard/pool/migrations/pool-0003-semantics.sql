-- What a delivery means: period, what deletes leave behind, how a bad row ended, who looked where a value comes from.
ALTER TABLE engine.delivery ADD COLUMN kind text NOT NULL DEFAULT 'delivery'
    CHECK (kind IN ('delivery', 'replay', 'correction'));
ALTER TABLE engine.delivery ADD COLUMN period text NOT NULL DEFAULT '';
ALTER TABLE engine.delivery ADD COLUMN scope jsonb;
ALTER TABLE engine.delivery ADD COLUMN cursor jsonb;
ALTER TABLE engine.delivery ADD COLUMN withdrawn_at timestamptz;
ALTER TABLE engine.delivery ADD COLUMN withdrawn_by text NOT NULL DEFAULT '';
ALTER TABLE engine.delivery ADD COLUMN withdrawn_why text NOT NULL DEFAULT '';
-- What was withdrawn may be delivered again.
DROP INDEX engine.delivery_once;
CREATE UNIQUE INDEX delivery_once ON engine.delivery (interface, idempotency_key)
    WHERE state NOT IN ('refused', 'withdrawn');

ALTER TABLE engine.receipt ADD COLUMN corrected bigint NOT NULL DEFAULT 0;

-- Scopes a snapshot of a period answered for, so that an older one does not undo it.
CREATE TABLE engine.delivery_scope (
    delivery uuid NOT NULL REFERENCES engine.delivery ON DELETE CASCADE,
    dataset text NOT NULL,
    scope text NOT NULL,
    PRIMARY KEY (delivery, dataset, scope)
);

-- A deleted key, as a hash, with the order of its delete: an older version does not bring it back.
CREATE TABLE engine.tombstone (
    dataset text NOT NULL,
    key_hash text NOT NULL,
    delivery uuid NOT NULL REFERENCES engine.delivery ON DELETE CASCADE,
    row_order bigint NOT NULL,
    PRIMARY KEY (dataset, key_hash, delivery)
);
CREATE INDEX tombstone_delivery ON engine.tombstone (delivery);

ALTER TABLE engine.quarantine ADD COLUMN state text NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'replayed', 'resolved'));
ALTER TABLE engine.quarantine ADD COLUMN resolved_by uuid REFERENCES engine.delivery;
ALTER TABLE engine.quarantine ADD COLUMN key_hash text;
CREATE INDEX quarantine_open_key ON engine.quarantine (dataset, key_hash) WHERE state = 'open';
CREATE INDEX quarantine_resolved_by ON engine.quarantine (resolved_by) WHERE resolved_by IS NOT NULL;

-- From a row of a replay to the quarantined row it stands for.
CREATE TABLE engine.replayed_row (
    delivery uuid NOT NULL REFERENCES engine.delivery ON DELETE CASCADE,
    row bigint NOT NULL,
    origin uuid NOT NULL REFERENCES engine.delivery ON DELETE CASCADE,
    origin_dataset text NOT NULL,
    origin_file text NOT NULL,
    origin_row bigint NOT NULL,
    PRIMARY KEY (delivery, row)
);

CREATE TABLE engine.lineage_look (
    id bigserial PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    who text NOT NULL,
    purpose text NOT NULL,
    delivery uuid NOT NULL,
    file text NOT NULL,
    row bigint NOT NULL
);
