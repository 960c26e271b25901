"""Draft the next numbered migration from what differs between migrations and models: `make migration m='...'`.

Read it before committing: a draft knows what changed, not what it means for rows that are already there.
"""

from __future__ import annotations

import re
import sys
import tempfile

from alembic import command
from alembic.script import ScriptDirectory

from backend.platform import schema
from tools.openapi import an_app


def main(what_changes: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = an_app(folder).extensions["nachtronde"].database
        config = schema.alembic_config(database)
        command.upgrade(config, "head")
        numbers = [int(step.revision[:4]) for step in ScriptDirectory.from_config(config).walk_revisions()]
        number = f"{max(numbers, default=0) + 1:04d}"
        words = re.sub(r"[^a-z0-9]+", "_", what_changes.lower()).strip("_")[:50]
        command.revision(config, what_changes, autogenerate=True, rev_id=number, head="head")
        made = next(schema.FOLDER.glob(f"versions/{number}_*.py"))
        made = made.rename(made.with_name(f"{number}_{words}.py"))
        database.dispose()
    print(f"Drafted {made}. Read it, then: make test ARGS='-k migrations'")


if __name__ == "__main__":
    main(sys.argv[1])
