-- What comes out of order or very slowly loses nothing; it stands on the board all the same.
ALTER TABLE engine.interface_incident DROP CONSTRAINT interface_incident_kind_check;
ALTER TABLE engine.interface_incident ADD CONSTRAINT interface_incident_kind_check
    CHECK (kind IN ('late', 'failing', 'refused', 'drift', 'thin', 'signature', 'out-of-order', 'slow'));

-- How long the other side let us wait: in all, for its slowest answer, and how many bytes came.
ALTER TABLE engine.interface_run ADD COLUMN seconds double precision NOT NULL DEFAULT 0;
ALTER TABLE engine.interface_run ADD COLUMN slowest double precision NOT NULL DEFAULT 0;
ALTER TABLE engine.interface_run ADD COLUMN bytes bigint NOT NULL DEFAULT 0;
