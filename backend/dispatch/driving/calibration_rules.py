"""By how much driving here takes longer than a source of travel times says: measured, in plain Python.

The factor is the weighted median of driven over planned, with the planned seconds as weights: of all factors the one
with the smallest sum of errors in seconds, and a nurse who forgot to tap moves it no more than any other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

SHORTEST_S = 60
"""Shorter is parking, not driving."""
LONGEST_S = 7200
"""Longer is a tap that was forgotten."""
FARTHEST_RATIO = 4.0
"""Four times as long, or a quarter, is another drive than the planned one."""
FARTHEST_START_M = 700
"""A phone this far from where the car was thought to be did not drive the planned way."""
FEWEST_TRIPS = 30
"""With fewer, chance speaks as loudly as the roads."""
LEAST, MOST = 0.5, 2.0
"""A factor beyond these means that something else is wrong."""


@dataclass(frozen=True)
class DrivenTrip:
    """Gereden rit: what a source said of a drive, and what it took."""

    source: str
    raw_s: int
    driven_s: int
    departed_at: datetime
    is_by_phone: bool = True
    """Both taps came from the phone itself; what the desk entered by telephone is minutes off."""
    start_off_m: int | None = None


@dataclass(frozen=True)
class Error:
    """Fout van de geplande rijtijd: the mean of what single trips are off, and of all together (above 0: too long)."""

    mean: float
    bias: float


@dataclass(frozen=True)
class Calibration:
    """IJking van de rijtijden van één bron."""

    source: str
    factor: float
    trips: int
    left_out: int
    spread: float
    """Half of the trips lie within this share of the factor."""
    before: Error
    after: Error
    since_at: datetime

    @property
    def is_sound(self) -> bool:
        """Are there enough trips, and is the answer one that roads can give?"""
        return self.trips >= FEWEST_TRIPS and LEAST <= self.factor <= MOST


def is_usable(trip: DrivenTrip) -> bool:
    """Does this trip say something about the roads?"""
    return (
        trip.is_by_phone
        and SHORTEST_S <= trip.driven_s <= LONGEST_S
        and SHORTEST_S <= trip.raw_s <= LONGEST_S
        and 1 / FARTHEST_RATIO <= trip.driven_s / trip.raw_s <= FARTHEST_RATIO
        and (trip.start_off_m is None or trip.start_off_m <= FARTHEST_START_M)
    )


def calibrate(trips: Iterable[DrivenTrip], in_force: Callable[[str], float]) -> list[Calibration]:
    """One calibration per source that drove at all, by name; `in_force` is the factor that is used now."""
    of_source: dict[str, list[DrivenTrip]] = {}
    for trip in trips:
        of_source.setdefault(trip.source, []).append(trip)
    found = []
    for source, all_of_it in sorted(of_source.items()):
        used = [trip for trip in all_of_it if is_usable(trip)]
        if used:
            found.append(_calibrate(source, used, len(all_of_it) - len(used), in_force(source)))
    return found


def _calibrate(source: str, trips: Sequence[DrivenTrip], left_out: int, in_force: float) -> Calibration:
    factor = round(quantile(trips, 0.5), 3)
    middle_half = quantile(trips, 0.75) - quantile(trips, 0.25)
    return Calibration(
        source=source,
        factor=factor,
        trips=len(trips),
        left_out=left_out,
        spread=round(middle_half / 2 / factor, 3),
        before=error(trips, in_force),
        after=error(trips, factor),
        since_at=min(trip.departed_at for trip in trips),
    )


def quantile(trips: Sequence[DrivenTrip], share: float) -> float:
    """Driven over planned such that `share` of the planned seconds lies in trips that were no slower."""
    ratios = sorted((trip.driven_s / trip.raw_s, trip.raw_s) for trip in trips)
    so_far = list(accumulate(raw_s for _, raw_s in ratios))
    wanted = share * so_far[-1]
    return next(ratio for (ratio, _), weight in zip(ratios, so_far, strict=True) if weight >= wanted)


def error(trips: Sequence[DrivenTrip], factor: float) -> Error:
    """How far the planned seconds are off with this factor, as shares of the driven seconds."""
    mean = sum(abs(factor * trip.raw_s - trip.driven_s) / trip.driven_s for trip in trips) / len(trips)
    bias = factor * sum(trip.raw_s for trip in trips) / sum(trip.driven_s for trip in trips) - 1
    return Error(round(mean, 4), round(bias, 4))
