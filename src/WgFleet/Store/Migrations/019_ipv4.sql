-- The IPv4 addresses of clients beside their IPv6 ones, also of clients that were removed, which can be restored.
ALTER TABLE clients ADD assigned_ip4 VARCHAR NULL;
ALTER TABLE removed_clients ADD address4 TEXT NULL;
CREATE UNIQUE INDEX clients_address4 ON clients (fleet_id, assigned_ip4);
CREATE INDEX removed_clients_address4 ON removed_clients (address4);
