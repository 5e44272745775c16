-- What machines say of themselves when they register, as a JSON object: also of clients that were removed.
ALTER TABLE clients ADD facts text NULL;
ALTER TABLE removed_clients ADD facts text NULL;
