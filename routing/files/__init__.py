"""Nights and plans as files."""
