-- Who approved a withdrawal, and where its bad rows went: out of the list, not out of the ledger.
ALTER TABLE engine.delivery ADD COLUMN withdrawn_approved_by text NOT NULL DEFAULT '';
ALTER TABLE engine.delivery ADD CONSTRAINT two_persons_withdraw
    CHECK (withdrawn_by = '' OR withdrawn_by <> withdrawn_approved_by);
ALTER TABLE engine.quarantine DROP CONSTRAINT quarantine_state_check;
ALTER TABLE engine.quarantine ADD CONSTRAINT quarantine_state_check
    CHECK (state IN ('open', 'replayed', 'resolved', 'withdrawn'));
