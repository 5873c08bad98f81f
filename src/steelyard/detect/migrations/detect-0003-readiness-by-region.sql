-- Readiness is told by county; thin areas and suppliers that never delivered are states of their own.
ALTER TABLE engine.readiness DROP CONSTRAINT readiness_state_check;
ALTER TABLE engine.readiness ADD CONSTRAINT readiness_state_check
    CHECK (state IN ('ready', 'partly', 'thin', 'not_evaluable', 'never_connected', 'failed'));
