-- Which of several gateways may write (the shard is 'all' fleets), and the fleets' private keys, sealed with the key file that the gateways share.
CREATE TABLE leases (
    shard TEXT NOT NULL CONSTRAINT PK_leases PRIMARY KEY,
    holder TEXT NULL,
    previous TEXT NULL,
    timeline INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    granted_at TEXT NULL,
    expires_at TEXT NULL,
    CONSTRAINT UQ_leases_epoch UNIQUE (shard, epoch)
);
CREATE TABLE fleet_keys (
    fleet TEXT NOT NULL CONSTRAINT PK_fleet_keys PRIMARY KEY,
    public_key TEXT NOT NULL,
    sealed TEXT NOT NULL
);
