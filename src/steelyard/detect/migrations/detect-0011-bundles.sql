-- depends: detect-0007-model-life
-- Whose bundles are believed, and which came: rows are added; the newest row on a key says whether it is trusted.
CREATE TABLE engine.trusted_key (
    id bigserial PRIMARY KEY,
    public_key text NOT NULL CHECK (public_key ~ '^[0-9a-f]{64}$'),
    name text NOT NULL,
    trusted boolean NOT NULL,
    said_by text NOT NULL,
    approved_by text NOT NULL CHECK (approved_by <> said_by),
    said_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE engine.model_import (
    id bigserial PRIMARY KEY,
    model text NOT NULL,
    version text NOT NULL,
    sha256 text NOT NULL,
    public_key text NOT NULL,
    came_from text NOT NULL,
    manifest jsonb NOT NULL,
    reports jsonb NOT NULL,
    imported_by text NOT NULL,
    imported_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON engine.trusted_key
    FOR EACH ROW EXECUTE FUNCTION engine.only_added();
CREATE TRIGGER only_added BEFORE UPDATE OR DELETE ON engine.model_import
    FOR EACH ROW EXECUTE FUNCTION engine.only_added();
