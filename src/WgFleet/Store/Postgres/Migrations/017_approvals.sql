-- Machines that ask to be let in to a fleet whose operators approve each machine, and what the operators said. The id is fleet/key.
CREATE TABLE approvals (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    fleet text NOT NULL,
    public_key text NOT NULL,
    source text NOT NULL,
    facts text NULL,
    asked_at timestamptz NOT NULL,
    approved bigint NULL,
    decided_at timestamptz NULL,
    decided_by text NULL
);
