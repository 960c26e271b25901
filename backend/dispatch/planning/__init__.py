"""Who could go and in which order: the only part of the house that asks the optimiser."""
