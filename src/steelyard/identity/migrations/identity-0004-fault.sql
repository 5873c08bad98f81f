-- Why a number is not valid; the covered number alone does not tell it.
ALTER TABLE engine.identity_question ADD COLUMN fault text NOT NULL DEFAULT '';
