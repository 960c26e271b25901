"""Nights and plans as files: our own, and the public sets that engines are compared on."""

from routing.files.night import plan_document, read, read_plan

__all__ = ["plan_document", "read", "read_plan"]
