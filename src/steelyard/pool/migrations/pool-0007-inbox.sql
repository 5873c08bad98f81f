-- A push is kept as it was sent: its bytes, who sent it, and what the call found wrong in it.
-- depends: pool-0001-deliveries
ALTER TABLE engine.inbox DROP COLUMN rows;
ALTER TABLE engine.inbox ADD COLUMN body bytea;
ALTER TABLE engine.inbox ADD COLUMN row_count integer NOT NULL DEFAULT 0;
ALTER TABLE engine.inbox ADD COLUMN sender text NOT NULL DEFAULT '';
ALTER TABLE engine.inbox ADD COLUMN problems jsonb NOT NULL DEFAULT '[]';
-- The delivery the push will be, fixed before it is landed, so that a crash between the two changes nothing.
ALTER TABLE engine.inbox ADD COLUMN batch uuid;
ALTER TABLE engine.inbox ADD COLUMN finished_at timestamptz;
ALTER TABLE engine.inbox ADD COLUMN refusal text NOT NULL DEFAULT '';
-- The push itself is never changed, by nobody; after its time only its hash is left.
CREATE FUNCTION engine.inbox_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.interface, NEW.idempotency_key, NEW.body_hash, NEW.received_on, NEW.sender)
     IS DISTINCT FROM (OLD.interface, OLD.idempotency_key, OLD.body_hash, OLD.received_on, OLD.sender)
     OR (NEW.body IS DISTINCT FROM OLD.body AND (NEW.body IS NOT NULL OR OLD.finished_at IS NULL)) THEN
    RAISE EXCEPTION 'a push that was acknowledged is not changed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER inbox_stays BEFORE UPDATE ON engine.inbox FOR EACH ROW EXECUTE FUNCTION engine.inbox_stays();
CREATE INDEX inbox_waiting ON engine.inbox (interface, seq) WHERE finished_at IS NULL;
CREATE INDEX inbox_batch ON engine.inbox (batch);
