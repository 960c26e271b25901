"""Who takes part and where they live: organisations, staff, clients, regions, addresses."""
