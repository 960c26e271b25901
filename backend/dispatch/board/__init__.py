"""What the desk sees: everything that waits, everything that drives, everything that calls for attention."""
