"""When a search has looked long enough, and the one loop that every search of ours runs in."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class StoppingCriterion:
    """Enough after so many wall seconds or so many rounds, whichever comes first.

    With rounds alone an answer depends on seed and threads only, and not on how busy the machine is.
    """

    seconds: float | None = None
    rounds: int | None = None

    def __post_init__(self) -> None:
        if self.seconds is None and self.rounds is None:
            raise ValueError("a search needs an end: give it seconds or rounds")

    def share(self, spent_s: float, rounds: int) -> float:
        """How much of the search is behind us after so much of both: enough from 1 on."""
        return max(_share(spent_s, self.seconds), _share(rounds, self.rounds))

    def about_rounds(self, a_second: float) -> float:
        """How many rounds there will be when a second holds about `a_second` of them."""
        return self.rounds if self.rounds is not None else a_second * (self.seconds or 0.0)


def _share(spent: float, limit: float | None) -> float:
    if limit is None:
        return 0.0
    return spent / limit if limit > 0 else 1.0


class Chunks(NamedTuple):
    """How many rounds go by between two looks at the clock: `first`, and then as many as take `share` of the search."""

    first: int
    most: int
    share: float


def run_until(until: StoppingCriterion, began_s: float, chunks: Chunks, step: Callable[[int, float], None]) -> None:
    """Call `step(rounds, share)` until it is enough; `share` of the search was done before this step.

    `began_s` : the `time.perf_counter()` at which the search began, what came before the first step included.
    """
    done, size = 0, chunks.first
    while (share := until.share(time.perf_counter() - began_s, done)) < 1.0:
        if until.rounds is not None:  # never by the clock: the same seed must give the same plan
            size = min(size, until.rounds - done)
        step(size, share)
        done += size
        if until.rounds is None:
            took = until.share(time.perf_counter() - began_s, done) - share
            size = max(20, min(chunks.most, int(size * min(2.0, chunks.share / max(1e-9, took)))))
