-- Where each client was last heard from, as "ADDRESS:PORT": WireGuard forgets it with the interface.
ALTER TABLE clients ADD endpoint VARCHAR NULL;
