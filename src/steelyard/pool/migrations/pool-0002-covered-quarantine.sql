-- What pages read of a bad row; value and raw themselves are for the worker alone.
ALTER TABLE engine.quarantine ADD COLUMN value_masked text;
ALTER TABLE engine.quarantine ADD COLUMN raw_masked text;
