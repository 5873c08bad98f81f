"""Life in the villages: works, leases and rents, purchases, decisions, papers, requests of villagers."""
