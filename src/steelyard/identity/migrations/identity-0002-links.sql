-- Who is who, on top of the keys of numbers: mentions without a usable number, edges between them, what people said,
-- and what follows from both, by generation.  Nodes are 'r:<source_record.id>' and 's:<subject.key>'.
ALTER TABLE engine.subject DROP CONSTRAINT subject_tier_check;
ALTER TABLE engine.subject ADD CONSTRAINT subject_tier_check CHECK (tier IN ('T1', 'T2', 'T3', 'H', 'source'));

CREATE TABLE engine.linkage_model (
    version text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('person', 'company')),
    trained_at timestamptz NOT NULL DEFAULT now(),
    pool_version bigint,
    settings jsonb NOT NULL,
    charts jsonb NOT NULL DEFAULT '{}',
    facts jsonb NOT NULL DEFAULT '{}'
);

-- One row for every change of who is who.
CREATE TABLE engine.identity_generation (
    id bigserial PRIMARY KEY,
    made_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL CHECK (reason IN ('link', 'judgement', 'undo', 'retrain', 'erasure')),
    pool_version bigint,
    model_version text REFERENCES engine.linkage_model,
    facts jsonb NOT NULL DEFAULT '{}'
);

-- Somebody a row names without a number that could be used, and what the row tells of him.
CREATE TABLE engine.source_record (
    -- Made from dataset, column, the row's key and the form of the name: the row delivered again is the same record.
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('person', 'company', 'party', 'org')),
    -- Where it was said last; every place is in record_place.
    delivery uuid NOT NULL,
    dataset text NOT NULL,
    column_name text NOT NULL,
    supplier text NOT NULL DEFAULT '',
    file text NOT NULL,
    row bigint NOT NULL,
    reason text NOT NULL DEFAULT '' CHECK (reason IN ('', 'number', 'name-conflict')),
    number_masked text NOT NULL DEFAULT '',
    name text NOT NULL DEFAULT '',
    name_form text NOT NULL DEFAULT '',
    birth_date date,
    sex text,
    area_code text,
    phone text,
    address text,
    conflict_key text,
    -- The generation in which it was last looked at; 0 until then.
    since bigint NOT NULL DEFAULT 0
);
CREATE INDEX source_record_form ON engine.source_record (kind, name_form);
CREATE INDEX source_record_new ON engine.source_record (id) WHERE since = 0;

-- The rows of the pool's tables in which a record stands.
CREATE TABLE engine.record_place (
    record uuid NOT NULL REFERENCES engine.source_record ON DELETE CASCADE,
    delivery uuid NOT NULL,
    dataset text NOT NULL,
    column_name text NOT NULL,
    file text NOT NULL,
    row bigint NOT NULL,
    PRIMARY KEY (delivery, dataset, column_name, file, row)
);
CREATE INDEX record_place_record ON engine.record_place (record);

CREATE TABLE engine.link_edge (
    id bigserial PRIMARY KEY,
    a text NOT NULL,
    b text NOT NULL,
    tier text NOT NULL CHECK (tier IN ('T1', 'T1x', 'T2', 'T3', 'T4')),
    method text NOT NULL,
    model_version text REFERENCES engine.linkage_model,
    weight double precision,
    probability double precision,
    evidence jsonb NOT NULL DEFAULT '{}',
    since bigint NOT NULL REFERENCES engine.identity_generation,
    until bigint REFERENCES engine.identity_generation,
    CHECK (a < b)
);
CREATE UNIQUE INDEX link_edge_standing ON engine.link_edge (a, b, method) WHERE until IS NULL;
CREATE INDEX link_edge_b ON engine.link_edge (b) WHERE until IS NULL;

-- Append-only: what people said of two nodes.  Only a waiting second signature and the mark of being superseded are
-- ever added to a row.
CREATE TABLE engine.judgement (
    id bigserial PRIMARY KEY,
    a text NOT NULL,
    b text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('same', 'different', 'unsure')),
    reason text NOT NULL CHECK (length(btrim(reason)) >= 2),
    shown jsonb NOT NULL DEFAULT '{}',
    said_by text NOT NULL,
    said_at timestamptz NOT NULL DEFAULT now(),
    needs_second boolean NOT NULL DEFAULT false,
    second_by text,
    second_at timestamptz,
    superseded_by bigint REFERENCES engine.judgement,
    undone_by text,
    undone_at timestamptz,
    undone_reason text,
    CHECK (a < b),
    CHECK (second_by IS NULL OR second_by <> said_by)
);
CREATE INDEX judgement_pair ON engine.judgement (a, b);

-- What follows: the subject of a mention, the subject another one was merged into.  In force from since to before until.
CREATE TABLE engine.resolution (
    record uuid NOT NULL REFERENCES engine.source_record,
    key text NOT NULL,
    tier text NOT NULL CHECK (tier IN ('H', 'T1', 'T2', 'T3')),
    since bigint NOT NULL REFERENCES engine.identity_generation,
    until bigint REFERENCES engine.identity_generation,
    PRIMARY KEY (record, since)
);
CREATE INDEX resolution_key ON engine.resolution (key);
CREATE TABLE engine.subject_alias (
    old text NOT NULL,
    key text NOT NULL,
    since bigint NOT NULL REFERENCES engine.identity_generation,
    until bigint REFERENCES engine.identity_generation,
    PRIMARY KEY (old, since),
    CHECK (old <> key)
);
CREATE INDEX subject_alias_key ON engine.subject_alias (key);

-- Names people have confirmed for a number, so that a row under them is no conflict any more.
CREATE TABLE engine.accepted_name (
    key text NOT NULL,
    name_form text NOT NULL,
    judgement bigint NOT NULL REFERENCES engine.judgement,
    PRIMARY KEY (key, name_form)
);

-- Pairs a person is asked about, each once; the most consequential first.
CREATE TABLE engine.review_item (
    id bigserial PRIMARY KEY,
    a text NOT NULL,
    b text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('pair', 'conflict', 'two-numbers', 'large', 'contradiction')),
    edge bigint REFERENCES engine.link_edge,
    blocks_red boolean NOT NULL DEFAULT false,
    weight double precision,
    probability double precision,
    facts jsonb NOT NULL DEFAULT '{}',
    asked_at timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'stale')),
    judgement bigint REFERENCES engine.judgement,
    CHECK (a < b),
    UNIQUE (a, b)
);
CREATE INDEX review_item_open ON engine.review_item (blocks_red DESC, id) WHERE state = 'open';

-- Subjects about whom a second person must agree before they are merged: holders of office, as last delivered.
CREATE TABLE engine.sensitive_subject (
    key text PRIMARY KEY,
    reason text NOT NULL CHECK (reason IN ('official'))
);
