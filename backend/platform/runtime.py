"""What one running app holds: its settings, database, clock, reactions and jobs."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backend.platform.clock import Clock, system_clock
from backend.platform.config import Settings
from backend.platform.db import Database

if TYPE_CHECKING:
    from backend.platform.events import Event
    from backend.platform.login import Accounts
    from backend.platform.outbox import Job
    from backend.platform.uow import UnitOfWork

Reactions = Mapping[type["Event"], tuple[Callable[["UnitOfWork", Any], None], ...]]
Jobs = Mapping[str, Callable[["Job"], None]]


@dataclass
class Runtime:
    """Everything that one app needs to find, in `app.extensions["nachtronde"]`."""

    settings: Settings
    database: Database
    clock: Clock = system_clock
    reactions: Reactions = field(default_factory=dict)
    jobs: Jobs = field(default_factory=dict)
    accounts: "Accounts | None" = None
    demo_logins: Callable[[], list[dict[str, str]]] = list
    api: Any = None
    streams: Any = None
    committed: threading.Condition = field(default_factory=threading.Condition)

    def nudge(self) -> None:
        """Something was committed: wake the streams and the worker of this process."""
        with self.committed:
            self.committed.notify_all()
