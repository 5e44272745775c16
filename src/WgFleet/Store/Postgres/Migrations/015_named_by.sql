-- Which operator gave a client its name, so that the client keeps it: also of clients that were removed.
ALTER TABLE clients ADD named_by text NULL;
ALTER TABLE removed_clients ADD named_by text NULL;
