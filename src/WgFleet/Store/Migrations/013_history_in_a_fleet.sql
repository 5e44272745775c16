-- The history of a name, an address or a key reads the last events of each fleet that has them, in the order of their numbers: what it shows, however
-- many clients had the name. Only renamings and removals have entries in these indexes.
DROP INDEX events_removed_key;
DROP INDEX events_removed_ip;
DROP INDEX events_client_hostname;
DROP INDEX events_previous_hostname;
CREATE INDEX events_removed_key ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.public_key') END, fleet, seq) WHERE type = 'client.removed';
CREATE INDEX events_removed_ip ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.ip') END, fleet, seq) WHERE type = 'client.removed';
CREATE INDEX events_client_hostname ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.hostname') END, fleet, seq) WHERE type IN ('client.hostname_changed', 'client.removed');
CREATE INDEX events_previous_hostname ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.previous') END, fleet, seq) WHERE type = 'client.hostname_changed';
