-- The latest events of a type, of a fleet, or of both are looked up. Events of one type and fleet have rising numbers, so a commit writes to the end
-- of each of its kinds, not to a page for each event.
CREATE INDEX events_kind ON events (type, fleet, seq) WHERE hook IS NULL;
