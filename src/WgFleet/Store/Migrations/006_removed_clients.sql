-- Which clients are pinned, which ones hooks believe to be online, and the tombstones of removed clients.
ALTER TABLE clients ADD pinned_at DATETIME NULL;
ALTER TABLE clients ADD pinned_by VARCHAR NULL;
ALTER TABLE clients ADD online_since DATETIME NULL;
CREATE TABLE removed_clients (
    seq INTEGER NOT NULL CONSTRAINT PK_removed_clients PRIMARY KEY,
    client_id INTEGER NOT NULL,
    fleet TEXT NOT NULL,
    public_key TEXT NOT NULL,
    address TEXT NOT NULL,
    request_address TEXT NOT NULL,
    hostname TEXT NULL,
    registered_at TEXT NOT NULL,
    removed_at TEXT NOT NULL,
    cause TEXT NOT NULL,
    removed_by TEXT NULL,
    last_ping TEXT NOT NULL,
    last_handshake TEXT NULL,
    last_traffic TEXT NULL,
    prune_timeout INTEGER NULL,
    tags TEXT NULL,
    pinned_at TEXT NULL,
    pinned_by TEXT NULL
);
CREATE INDEX removed_clients_public_key ON removed_clients (public_key);
