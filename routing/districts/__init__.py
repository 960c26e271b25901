"""Which areas form a region."""
