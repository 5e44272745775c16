-- Fleets that an operator has frozen.
CREATE TABLE frozen_fleets (
    fleet TEXT NOT NULL CONSTRAINT PK_frozen_fleets PRIMARY KEY,
    since TEXT NOT NULL,
    frozen_by TEXT NOT NULL
);
