-- Whom the frozen evidence names: where they are known only to a supplier, nothing becomes red.
ALTER TABLE engine.finding ADD COLUMN evidence_subjects text[] NOT NULL DEFAULT '{}';
