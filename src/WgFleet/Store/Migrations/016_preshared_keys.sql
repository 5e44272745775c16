-- The WireGuard preshared keys of clients, also of clients that were removed, which can be restored.
ALTER TABLE clients ADD preshared_key VARCHAR NULL;
ALTER TABLE removed_clients ADD preshared_key TEXT NULL;
