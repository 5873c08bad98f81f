-- Every time an interface was asked, and what went wrong with it for longer than once.
CREATE TABLE engine.interface_run (
    id bigserial PRIMARY KEY,
    interface text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    state text NOT NULL CHECK (state IN ('running', 'ok', 'nothing', 'failed', 'refused', 'skipped')),
    delivery uuid REFERENCES engine.delivery ON DELETE SET NULL,
    rows bigint NOT NULL DEFAULT 0,
    bad_rows bigint NOT NULL DEFAULT 0,
    calls integer NOT NULL DEFAULT 0,
    error text NOT NULL DEFAULT '',
    permanent boolean NOT NULL DEFAULT false,
    signals jsonb NOT NULL DEFAULT '[]',
    latest date,
    logged boolean NOT NULL DEFAULT false
);
CREATE INDEX interface_run_interface ON engine.interface_run (interface, id);
CREATE INDEX interface_run_delivery ON engine.interface_run (delivery) WHERE delivery IS NOT NULL;
CREATE INDEX interface_run_unlogged ON engine.interface_run (id) WHERE NOT logged;

CREATE TABLE engine.interface_incident (
    id bigserial PRIMARY KEY,
    interface text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('late', 'failing', 'refused', 'drift', 'thin', 'signature')),
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    first_error text NOT NULL DEFAULT '',
    times integer NOT NULL DEFAULT 1,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE UNIQUE INDEX interface_incident_open ON engine.interface_incident (interface, kind) WHERE closed_at IS NULL;
CREATE INDEX interface_incident_interface ON engine.interface_incident (interface, id);

-- Where the next fetch begins; kept with the rows it covers.
ALTER TABLE engine.delivery ADD COLUMN IF NOT EXISTS cursor jsonb;
