"""The one set of routes of this room; api.py and roster_api.py hang theirs on it."""

import threading

from backend.dispatch.planning.optimiser import warm_up
from backend.platform.web import Blueprint

blp = Blueprint("dispatch", __name__, url_prefix="/api/v1", description="Inzetten: the board, cars, visits, alarms")

warming = threading.Lock()


@blp.before_app_request
def load_the_search_once() -> None:
    """Load the compiled search beside the first request of this process, so that the first visit does not wait for it.

    At the first request and not at the start: a server that forks would leave the thread behind in its parent.
    """
    if warming.acquire(blocking=False):  # and never released: once is enough
        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
