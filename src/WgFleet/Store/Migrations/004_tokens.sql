-- Tokens of operators and for enrollment.
CREATE TABLE tokens (
    id TEXT NOT NULL CONSTRAINT PK_tokens PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    scope TEXT NULL,
    fleet TEXT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NULL,
    revoked_at TEXT NULL,
    max_uses INTEGER NULL,
    uses INTEGER NOT NULL,
    tags TEXT NULL
);
-- The name of a revoked token may be given again; the row of the revoked one stays.
CREATE UNIQUE INDEX tokens_name ON tokens (kind, name) WHERE revoked_at IS NULL;
