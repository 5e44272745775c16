-- Which files the server has written, so that it never overwrites one that it has not written.
CREATE TABLE written_files (
    path TEXT NOT NULL CONSTRAINT PK_written_files PRIMARY KEY,
    since TEXT NOT NULL
);
-- A server before this version wrote files without a note. The row without a path says since when, until the next start has noted those files.
INSERT INTO written_files (path, since)
SELECT '', since FROM (SELECT min(since) AS since FROM (
    SELECT min(time) AS since FROM events UNION ALL SELECT min(registered_at) FROM clients UNION ALL SELECT min(applied_at) FROM schema_migrations))
WHERE EXISTS (SELECT 1 FROM events);
