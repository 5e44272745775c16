-- What near callers may ask is looked up, not searched for.
-- Indexes on expressions need no column of their own, and rows that an older program inserts are in them too.

-- The history of a client, by its key.
CREATE INDEX events_client_key ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.public_key') END, seq);
-- Which keys had an address or a name. Every address comes with client.added, every name with client.hostname_changed;
-- client.removed repeats the last ones, for when retention has deleted the former.
CREATE INDEX events_client_ip ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.ip') END) WHERE type IN ('client.added', 'client.removed');
CREATE INDEX events_client_hostname ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.hostname') END) WHERE type IN ('client.hostname_changed', 'client.removed');
CREATE INDEX events_previous_hostname ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.previous') END) WHERE type = 'client.hostname_changed';
-- Recent removals, for /sd/prometheus.
CREATE INDEX events_removed ON events (time) WHERE type = 'client.removed';
-- Tombstones by address and name, and the expired ones.
CREATE INDEX removed_clients_address ON removed_clients (address);
CREATE INDEX removed_clients_hostname ON removed_clients (hostname);
CREATE INDEX removed_clients_removed_at ON removed_clients (removed_at);
