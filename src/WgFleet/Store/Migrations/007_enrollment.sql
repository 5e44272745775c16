-- What a token gives to the clients that enroll with it.
ALTER TABLE tokens ADD prune_timeout INTEGER NULL;
ALTER TABLE clients ADD prune_timeout INTEGER NULL;
ALTER TABLE clients ADD tags TEXT NULL;
