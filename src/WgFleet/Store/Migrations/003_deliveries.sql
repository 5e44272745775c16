-- How far each hook has come in the event log, and its deliveries.
-- events.hook: an event for one hook alone, made for the clients that were there when the hook was new.
ALTER TABLE events ADD hook TEXT NULL;
CREATE TABLE hook_state (
    hook TEXT NOT NULL CONSTRAINT PK_hook_state PRIMARY KEY,
    cursor INTEGER NOT NULL,
    paused TEXT NULL
);
CREATE TABLE deliveries (
    hook TEXT NOT NULL,
    seq INTEGER NOT NULL,
    subject TEXT NULL,
    state TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    replayed INTEGER NOT NULL,
    code TEXT NULL,
    error TEXT NULL,
    response TEXT NULL,
    took_ms INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    CONSTRAINT PK_deliveries PRIMARY KEY (hook, seq)
);
CREATE INDEX deliveries_state ON deliveries (hook, state, ended_at);
