-- Which delivery a push will be is told as soon as the push is looked at; a flush closes the delivery.
-- depends: pool-0010-order-and-pace
ALTER TABLE engine.inbox ADD COLUMN closed boolean NOT NULL DEFAULT false;
-- The pool version that holds what the push said: with it any earlier moment of the pool can be laid out again.
ALTER TABLE engine.inbox ADD COLUMN pool_version bigint;
UPDATE engine.inbox SET closed = true WHERE batch IS NOT NULL;
CREATE INDEX inbox_landed ON engine.inbox (pool_version) WHERE pool_version IS NOT NULL;
CREATE INDEX inbox_ungathered ON engine.inbox (interface, seq) WHERE finished_at IS NULL AND batch IS NULL;
