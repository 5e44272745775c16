-- The history of a client is found by the client's number: new clients have rising numbers, so the entries of their events go to the end of the
-- index. An index by key or address takes a page of its own for each event, and made every registration slower.
ALTER TABLE events ADD client INTEGER NULL;
-- Events from before: the number of the client that has their key, or had it last; else a negative number, which no client gets.
UPDATE events SET client = coalesce(
    (SELECT c.id FROM clients c WHERE c.public_key = json_extract(events.data, '$.client.public_key')),
    (SELECT max(r.client_id) FROM removed_clients r WHERE r.public_key = json_extract(events.data, '$.client.public_key')),
    (SELECT -min(e.seq) FROM events e WHERE (CASE WHEN json_valid(e.data) THEN json_extract(e.data, '$.client.public_key') END) = json_extract(events.data, '$.client.public_key')))
WHERE hook IS NULL AND CASE WHEN json_valid(data) THEN json_extract(data, '$.client.public_key') END IS NOT NULL;
DROP INDEX events_client_key;
DROP INDEX events_client_ip;
CREATE INDEX events_client ON events (client, seq) WHERE client IS NOT NULL;
-- Which clients had a key or an address: the live ones are in the table clients, the others were removed.
CREATE INDEX events_removed_key ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.public_key') END) WHERE type = 'client.removed';
CREATE INDEX events_removed_ip ON events (CASE WHEN json_valid(data) THEN json_extract(data, '$.client.ip') END) WHERE type = 'client.removed';
