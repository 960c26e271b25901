"""How long a drive takes, from which source, and how much this house's drives differ from it."""
