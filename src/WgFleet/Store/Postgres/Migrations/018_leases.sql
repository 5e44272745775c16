-- Which of several gateways may write (the shard is 'all' fleets), and the fleets' private keys, sealed with the key file that the gateways share.
-- The unique epoch makes each taking wait for the writes of the holder before, which lock the row FOR KEY SHARE; a renewal waits for none.
CREATE TABLE leases (
    shard text COLLATE "C" NOT NULL PRIMARY KEY,
    holder text NULL,
    previous text NULL,
    timeline bigint NOT NULL,
    epoch bigint NOT NULL,
    granted_at timestamptz NULL,
    expires_at timestamptz NULL,
    UNIQUE (shard, epoch)
);
CREATE TABLE fleet_keys (
    fleet text COLLATE "C" NOT NULL PRIMARY KEY,
    public_key text NOT NULL,
    sealed text NOT NULL
);
