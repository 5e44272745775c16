-- The rosters that operators set by the API, each as the CSV that was sent.
CREATE TABLE rosters (
    fleet TEXT NOT NULL CONSTRAINT PK_rosters PRIMARY KEY,
    csv TEXT NOT NULL,
    set_at TEXT NOT NULL,
    set_by TEXT NOT NULL
);
