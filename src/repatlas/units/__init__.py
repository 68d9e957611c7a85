"""Relations between the single units of several networks: matches, sparse maps, clusters."""
