"""How long a drive takes: from which source, with which factor, and the estimate that needs no source."""
