"""How far a car really drove, as far as its phone tells: plain Python, no database, no clock."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backend.travel.rules import crow_m

Point = tuple[float, float]

SILENCE = timedelta(seconds=150)
"""A phone under way tells once a minute where it is, while its screen is on. Two missed, and nobody knows the way."""
AT_THE_START = timedelta(seconds=45)
"""A position this close to the tap is where the car was at departure."""
FASTEST_MPS = 50.0
"""Faster than 180 km/h is a position that jumped."""


@dataclass(frozen=True)
class Trail:
    """Spoor: where a phone last was on a drive and the metres so far. The way itself is not kept."""

    at: datetime
    point: Point | None = None
    metres: float = 0.0
    is_whole: bool = True


def begun(departed_at: datetime, position: Point | None, position_at: datetime | None) -> Trail:
    """A drive begins, at the place the phone just told, if it did."""
    if position is not None and position_at is not None and abs(departed_at - position_at) <= AT_THE_START:
        return Trail(departed_at, position)
    return Trail(departed_at)


def followed(trail: Trail, point: Point, at: datetime) -> Trail:
    """The phone told where it is: straight metres from the last place, too few in bends, never too many."""
    gap = at - trail.at
    if gap <= timedelta():
        return trail if trail.point is not None else replace(trail, point=point)
    if trail.point is None:
        return Trail(at, point, 0.0, trail.is_whole and gap <= AT_THE_START)
    hop_m = crow_m(*trail.point, *point)
    is_whole = trail.is_whole and gap <= SILENCE and hop_m <= FASTEST_MPS * max(gap.total_seconds(), 10)
    return Trail(at, point, trail.metres + hop_m, is_whole)


def ended(trail: Trail, arrived_at: datetime, door: Point | None) -> int | None:
    """The metres of the whole drive; None when the phone was silent for a part of it."""
    if trail.point is None or door is None:
        return None
    whole = followed(trail, door, max(arrived_at, trail.at + timedelta(seconds=1)))
    return round(whole.metres) if whole.is_whole else None


def broken_off(trail: Trail, moment: datetime) -> int | None:
    """The metres until the drive was broken off; None when the phone was silent for a part of it."""
    if trail.point is None or not trail.is_whole or moment - trail.at > SILENCE:
        return None
    return round(trail.metres)


def driven_s(departed_at: datetime | None, arrived_at: datetime | None) -> int | None:
    """Seconds from "I drive" to "I am there"; None when one of the two was never said."""
    if departed_at is None or arrived_at is None:
        return None
    return max(0, round((arrived_at - departed_at).total_seconds()))
