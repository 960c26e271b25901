"""The compiled search is loaded once per process, beside the first request, so that the first visit need not wait."""

import threading

import structlog

log = structlog.get_logger()

once = threading.Lock()
"""Taken by the first request of a process, and never released."""
_loading = threading.Event()


def load_the_search_once() -> None:
    """At the first request and not at the start: a server that forks would leave the thread behind in its parent."""
    if once.acquire(blocking=False):
        threading.Thread(target=_load, name="warm-up", daemon=True).start()


def is_loading() -> bool:
    """Is the search being loaded at this moment? Whoever asked would wait for it, seconds on a busy machine."""
    return _loading.is_set()


def _load() -> None:
    _loading.set()
    try:
        import routing

        routing.warm_up()
    except Exception as error:  # the house opens without an optimiser too
        log.warning("optimiser_not_loaded", kind=type(error).__name__)
    finally:
        _loading.clear()
