-- The schema of version 10 as PostgreSQL has it. Its tables and columns are those of a database file: ../../Migrations has what each is for.
-- Lists by name are in the order of bytes (COLLATE "C"), whatever the collation of the database.
CREATE TABLE clients (
    id bigint NOT NULL PRIMARY KEY,
    fleet_id text NOT NULL,
    public_key text NOT NULL,
    assigned_ip text NOT NULL,
    http_request_ip text NOT NULL,
    hostname text NULL,
    timestamp timestamptz NOT NULL,
    registered_at timestamptz NULL,
    last_handshake timestamptz NULL,
    pinned_at timestamptz NULL,
    pinned_by text NULL,
    online_since timestamptz NULL,
    prune_timeout bigint NULL,
    tags text NULL,
    -- Checked at the end of a statement, since one statement renames many clients: one may get the name that another one gives up.
    CONSTRAINT clients_hostname UNIQUE (fleet_id, hostname) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE UNIQUE INDEX clients_address ON clients (fleet_id, assigned_ip);
CREATE UNIQUE INDEX clients_public_key ON clients (public_key);

CREATE TABLE removed_clients (
    seq bigint NOT NULL PRIMARY KEY,
    client_id bigint NOT NULL,
    fleet text NOT NULL,
    public_key text NOT NULL,
    address text NOT NULL,
    request_address text NOT NULL,
    hostname text NULL,
    registered_at timestamptz NOT NULL,
    removed_at timestamptz NOT NULL,
    cause text NOT NULL,
    removed_by text NULL,
    last_ping timestamptz NOT NULL,
    last_handshake timestamptz NULL,
    last_traffic timestamptz NULL,
    prune_timeout bigint NULL,
    tags text NULL,
    pinned_at timestamptz NULL,
    pinned_by text NULL
);
CREATE INDEX removed_clients_public_key ON removed_clients (public_key);
CREATE INDEX removed_clients_address ON removed_clients (address);
CREATE INDEX removed_clients_hostname ON removed_clients (hostname);
CREATE INDEX removed_clients_removed_at ON removed_clients (removed_at);

-- The one row has the highest event number that was ever given. Whoever appends to the log locks it, so numbers are in the order of commits.
CREATE TABLE log (
    only_row boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (only_row),
    head bigint NOT NULL
);
INSERT INTO log (head) VALUES (0);

-- The type json keeps the text as it is written, and refuses what is not JSON.
CREATE TABLE events (
    seq bigint NOT NULL PRIMARY KEY,
    id text NOT NULL,
    type text NOT NULL,
    fleet text NULL,
    subject text NULL,
    time timestamptz NOT NULL,
    data json NOT NULL,
    hook text NULL,
    client bigint NULL
);
CREATE UNIQUE INDEX events_id ON events (id);
CREATE INDEX events_client ON events (client, seq) WHERE client IS NOT NULL;
CREATE INDEX events_removed ON events (time) WHERE type = 'client.removed';
CREATE INDEX events_removed_key ON events ((data -> 'client' ->> 'public_key')) WHERE type = 'client.removed';
CREATE INDEX events_removed_ip ON events ((data -> 'client' ->> 'ip')) WHERE type = 'client.removed';
CREATE INDEX events_client_hostname ON events ((data -> 'client' ->> 'hostname')) WHERE type IN ('client.hostname_changed', 'client.removed');
CREATE INDEX events_previous_hostname ON events ((data ->> 'previous')) WHERE type = 'client.hostname_changed';

CREATE TABLE hook_state (
    hook text COLLATE "C" NOT NULL PRIMARY KEY,
    cursor bigint NOT NULL,
    paused text NULL
);

-- rowid: the order in which deliveries were entered, which SQLite keeps by itself.
CREATE TABLE deliveries (
    hook text COLLATE "C" NOT NULL,
    seq bigint NOT NULL,
    subject text NULL,
    state text NOT NULL,
    attempt bigint NOT NULL,
    next_at bigint NOT NULL,
    replayed boolean NOT NULL,
    code text NULL,
    error text NULL,
    response text NULL,
    took_ms bigint NOT NULL,
    ended_at bigint NOT NULL,
    rowid bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (hook, seq)
);
CREATE INDEX deliveries_state ON deliveries (hook, state, ended_at);
CREATE UNIQUE INDEX deliveries_rowid ON deliveries (rowid);

CREATE TABLE tokens (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    name text NOT NULL,
    hash text NOT NULL,
    scope text NULL,
    fleet text NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NULL,
    revoked_at timestamptz NULL,
    max_uses bigint NULL,
    uses bigint NOT NULL,
    tags text NULL,
    prune_timeout bigint NULL
);
CREATE UNIQUE INDEX tokens_name ON tokens (kind, name) WHERE revoked_at IS NULL;

CREATE TABLE frozen_fleets (
    fleet text NOT NULL PRIMARY KEY,
    since timestamptz NOT NULL,
    frozen_by text NOT NULL
);

CREATE TABLE written_files (
    path text NOT NULL PRIMARY KEY,
    since timestamptz NOT NULL
);
