-- What was handed over, what became of every row, and which table versions belong together.
CREATE TABLE engine.delivery (
    id uuid PRIMARY KEY,
    seq bigserial NOT NULL UNIQUE,
    interface text NOT NULL,
    supplier text NOT NULL,
    received_on date NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    received_by text NOT NULL DEFAULT '',
    idempotency_key text NOT NULL,
    content_hash text NOT NULL,
    state text NOT NULL CHECK (state IN ('received', 'accepted', 'refused', 'withdrawn')),
    message text NOT NULL DEFAULT '',
    signals jsonb NOT NULL DEFAULT '[]',
    finished_at timestamptz
);
CREATE UNIQUE INDEX delivery_once ON engine.delivery (interface, idempotency_key) WHERE state <> 'refused';
CREATE INDEX delivery_interface ON engine.delivery (interface, seq);

CREATE TABLE engine.delivery_file (
    delivery uuid NOT NULL REFERENCES engine.delivery ON DELETE CASCADE,
    number integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    bytes bigint NOT NULL,
    PRIMARY KEY (delivery, number)
);
CREATE INDEX delivery_file_content ON engine.delivery_file (sha256);

CREATE TABLE engine.receipt (
    delivery uuid NOT NULL REFERENCES engine.delivery ON DELETE CASCADE,
    dataset text NOT NULL,
    contract_version text NOT NULL,
    received bigint NOT NULL,
    admitted bigint NOT NULL,
    unchanged bigint NOT NULL,
    quarantined bigint NOT NULL,
    superseded bigint NOT NULL,
    removed bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (delivery, dataset),
    CONSTRAINT every_row_is_accounted_for CHECK (received = admitted + unchanged + quarantined + superseded)
);
CREATE INDEX receipt_dataset ON engine.receipt (dataset);

CREATE TABLE engine.pool_version (
    number bigserial PRIMARY KEY,
    taken_at timestamptz NOT NULL DEFAULT now(),
    delivery uuid NOT NULL REFERENCES engine.delivery,
    tables jsonb NOT NULL
);

CREATE TABLE engine.quarantine (
    id bigserial PRIMARY KEY,
    delivery uuid NOT NULL REFERENCES engine.delivery ON DELETE CASCADE,
    dataset text NOT NULL,
    outcome text NOT NULL DEFAULT 'quarantined' CHECK (outcome IN ('quarantined', 'superseded')),
    file text NOT NULL,
    row bigint NOT NULL,
    rule text NOT NULL,
    column_name text NOT NULL DEFAULT '',
    value text,
    reason text NOT NULL DEFAULT '',
    raw text
);
CREATE INDEX quarantine_delivery ON engine.quarantine (delivery, dataset, file, row);
CREATE INDEX quarantine_dataset ON engine.quarantine (dataset, id);

CREATE TABLE engine.coverage (
    pool_version bigint NOT NULL REFERENCES engine.pool_version ON DELETE CASCADE,
    dataset text NOT NULL,
    area_code text NOT NULL,
    rows bigint NOT NULL,
    latest date,
    PRIMARY KEY (dataset, pool_version, area_code)
);

CREATE TABLE engine.inbox (
    seq bigserial PRIMARY KEY,
    interface text NOT NULL,
    idempotency_key text NOT NULL,
    body_hash text NOT NULL,
    rows jsonb NOT NULL,
    received_on date NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    delivery uuid REFERENCES engine.delivery,
    UNIQUE (interface, idempotency_key)
);

CREATE TABLE engine.publisher (
    id text PRIMARY KEY,
    name text NOT NULL,
    area_code text NOT NULL UNIQUE
);
