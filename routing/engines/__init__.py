"""Who searches for how long, and in which process."""
