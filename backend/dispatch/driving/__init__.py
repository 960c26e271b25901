"""Planned and driven: what the worker asks of a routing server, how a drive went, and what that says of the times."""
