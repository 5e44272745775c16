-- No address, name or key twice; when a client registered; the event log.
ALTER TABLE clients ADD registered_at DATETIME NULL;
ALTER TABLE clients ADD last_handshake DATETIME NULL;
CREATE UNIQUE INDEX clients_address ON clients (fleet_id, assigned_ip);
CREATE UNIQUE INDEX clients_hostname ON clients (fleet_id, hostname);
CREATE UNIQUE INDEX clients_public_key ON clients (public_key);
CREATE TABLE events (
    seq INTEGER NOT NULL CONSTRAINT PK_events PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    fleet TEXT NULL,
    subject TEXT NULL,
    time TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE UNIQUE INDEX events_id ON events (id);
