-- depends: detect-0005-incremental
-- A model that a push does not concern is carried along without a look: inbox_seq moves, this stays.
ALTER TABLE engine.model_cursor ADD COLUMN looked_seq bigint;
UPDATE engine.model_cursor SET looked_seq = inbox_seq;
ALTER TABLE engine.model_cursor ALTER COLUMN looked_seq SET NOT NULL;
