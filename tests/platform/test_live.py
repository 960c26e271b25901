"""The live stream: it resumes without gaps, it never starves the API, it says nothing about people."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from backend.platform.actor import SYSTEM, Actor, Scope
from backend.platform.errors import TryLater
from backend.platform.events import Event
from backend.platform.ids import new_id
from backend.platform.live import Streams
from backend.platform.uow import unit_of_work


@dataclass(frozen=True, kw_only=True)
class DoorOpened(Event):
    """Something that happens in these tests only."""

    name_of_somebody: str = "mevrouw De Groot"


@pytest.fixture
def streams(app: Flask) -> Streams:
    return Streams(app)


def open_doors(count: int, **header: object) -> None:
    for _ in range(count):
        with unit_of_work(actor=SYSTEM) as uow:
            uow.record(DoorOpened(**header))  # type: ignore[arg-type]


def read(parts: Iterator[bytes], count: int) -> list[dict]:
    """The next `count` changes of a stream."""
    found: list[dict] = []
    while len(found) < count:
        text = next(parts).decode()
        if "event: change" in text:
            found.append(json.loads(text.split("data: ")[1]))
    return found


def test_a_desk_that_was_away_misses_nothing(streams: Streams) -> None:
    open_doors(5)
    first = streams.response(SYSTEM, after=0).iter_encoded()
    assert [change["seq"] for change in read(first, 3)] == [1, 2, 3]
    first.close()  # type: ignore[attr-defined]
    open_doors(450)
    again = streams.response(SYSTEM, after=3).iter_encoded()
    assert [change["seq"] for change in read(again, 452)] == list(range(4, 456))


def test_a_change_reaches_a_desk_that_is_listening(app: Flask, streams: Streams) -> None:
    parts = streams.response(SYSTEM, after=None).iter_encoded()
    next(parts)

    def later() -> None:
        with app.app_context():
            open_doors(1)

    threading.Timer(0.2, later).start()
    assert read(parts, 1)[0]["name"] == "DoorOpened"


def test_the_stream_says_nothing_about_people(streams: Streams) -> None:
    open_doors(1)
    parts = streams.response(SYSTEM, after=0).iter_encoded()
    next(parts)
    assert b"Groot" not in next(parts)


def test_an_organisation_hears_of_its_own_only(streams: Streams) -> None:
    ours = new_id()
    open_doors(2, organisation_id=new_id())
    open_doors(1, organisation_id=ours)
    manager = Actor(staff_id=new_id(), organisation_id=ours, scope=Scope.ORGANISATION, role="team_manager")
    assert [change["seq"] for change in read(streams.response(manager, after=0).iter_encoded(), 1)] == [3]


def test_one_stream_too_many_is_refused_and_a_closed_one_makes_room(streams: Streams) -> None:
    opened = [streams.response(SYSTEM, after=0) for _ in range(streams.room)]
    with pytest.raises(TryLater):
        streams.response(SYSTEM, after=0)
    opened[0].close()  # before it was read from at all: the desk's browser went away at once
    streams.response(SYSTEM, after=0)
