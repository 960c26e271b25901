"""Who could go and in which order: tonight put before the optimiser, and its answers as cars and visits again."""
