-- What several servers share. Run once by store/postgres.py, in one transaction, as version 1 of the schema.
CREATE TABLE board.version (id integer PRIMARY KEY DEFAULT 1 CHECK (id = 1), number integer NOT NULL);

-- The logs, line by line as in their files. That every line follows from the one before is a constraint.
CREATE TABLE board.line (
    book text NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    before bigint GENERATED ALWAYS AS (nullif(number - 1, 0)) STORED,
    previous text NOT NULL CHECK (number > 1 OR previous = repeat('0', 64)),
    hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    body text NOT NULL,
    PRIMARY KEY (book, number),
    UNIQUE (book, number, hash),
    FOREIGN KEY (book, before, previous) REFERENCES board.line (book, number, hash)
);

-- How far each log goes and which snapshot it shows: changed in the transaction that writes the lines.
CREATE TABLE board.book (
    name text PRIMARY KEY,
    lines bigint NOT NULL DEFAULT 0,
    last bigint GENERATED ALWAYS AS (nullif(lines, 0)) STORED,
    hash text NOT NULL DEFAULT repeat('0', 64),
    snapshot_id text NOT NULL DEFAULT '',
    shown_by bigint NOT NULL DEFAULT 0,
    edition text NOT NULL DEFAULT '',
    FOREIGN KEY (name, last, hash) REFERENCES board.line (book, number, hash) DEFERRABLE INITIALLY DEFERRED
);

CREATE FUNCTION board.refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'lines of a log are never changed or removed'; END $$;
CREATE TRIGGER only_appended BEFORE UPDATE OR DELETE ON board.line
    FOR EACH ROW EXECUTE FUNCTION board.refuse();

-- Bytes by their SHA-256, in pieces, so that a large file needs no large memory at either end.
CREATE TABLE board.content (sha256 text PRIMARY KEY, size bigint NOT NULL CHECK (size >= 0));
CREATE TABLE board.piece (
    sha256 text NOT NULL REFERENCES board.content,
    number integer NOT NULL CHECK (number >= 0),
    data bytea NOT NULL CHECK (octet_length(data) <= 4194304),
    PRIMARY KEY (sha256, number)
);
ALTER TABLE board.piece ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE board.upload (
    space text NOT NULL,
    folder text NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL REFERENCES board.content,
    PRIMARY KEY (space, folder, file)
);
CREATE TABLE board.kept_snapshot (
    space text NOT NULL,
    snapshot_id text NOT NULL,
    sha256 text NOT NULL REFERENCES board.content,
    PRIMARY KEY (space, snapshot_id)
);

CREATE TABLE board.show (space text NOT NULL, file text NOT NULL, body text NOT NULL, PRIMARY KEY (space, file));
CREATE TABLE board.shelf (space text PRIMARY KEY, version bigint NOT NULL);

-- Accounts, as in their file: the same statements run on both.
CREATE TABLE board.account (
    name text PRIMARY KEY, display text NOT NULL, role text NOT NULL, areas text NOT NULL,
    identity text NOT NULL, password text NOT NULL, active integer NOT NULL,
    created double precision NOT NULL, last_sign_in double precision
);
CREATE UNIQUE INDEX account_identity ON board.account (identity) WHERE identity <> '';
CREATE TABLE board.session (
    token text PRIMARY KEY, name text NOT NULL, opened double precision NOT NULL, seen double precision NOT NULL
);
CREATE TABLE board.attempt (
    key text PRIMARY KEY, count integer NOT NULL, locked_until double precision NOT NULL,
    forgotten double precision NOT NULL
);
CREATE INDEX attempt_forgotten ON board.attempt (forgotten);
CREATE TABLE board.first_code (
    id integer PRIMARY KEY CHECK (id = 1), hash text NOT NULL, expires double precision NOT NULL
);

INSERT INTO board.version (number) VALUES (1);
