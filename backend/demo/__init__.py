"""The demo night: fictional people on real streets, played through the same services as a real one."""

from backend.demo.commands import demo
from backend.demo.doors import logins, pages

__all__ = ["demo", "logins", "pages"]
