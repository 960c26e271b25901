"""Beheer: the administrator's pages over what the other rooms already know and do. It keeps nothing of its own."""
