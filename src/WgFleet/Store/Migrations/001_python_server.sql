-- The schema of the Python server, column by column: what a database of its own is adopted as.
CREATE TABLE clients (
    id INTEGER NOT NULL CONSTRAINT PK_clients PRIMARY KEY,
    fleet_id VARCHAR NOT NULL,
    public_key VARCHAR NOT NULL,
    assigned_ip VARCHAR NOT NULL,
    http_request_ip VARCHAR NOT NULL,
    hostname VARCHAR NULL,
    timestamp DATETIME NOT NULL
);
