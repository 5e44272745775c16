-- Machines that ask to be let in to a fleet whose operators approve each machine, and what the operators said. The id is fleet/key.
CREATE TABLE approvals (
    id TEXT NOT NULL CONSTRAINT PK_approvals PRIMARY KEY,
    fleet TEXT NOT NULL,
    public_key TEXT NOT NULL,
    source TEXT NOT NULL,
    facts TEXT NULL,
    asked_at TEXT NOT NULL,
    approved INTEGER NULL,
    decided_at TEXT NULL,
    decided_by TEXT NULL
);
