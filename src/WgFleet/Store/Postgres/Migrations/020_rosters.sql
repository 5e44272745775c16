-- The rosters that operators set by the API, each as the CSV that was sent.
CREATE TABLE rosters (
    fleet text COLLATE "C" NOT NULL PRIMARY KEY,
    csv text NOT NULL,
    set_at timestamptz NOT NULL,
    set_by text NOT NULL
);
