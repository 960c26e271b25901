"""Travel times in the house: a routing server is asked beside the work, never while somebody waits for an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from backend.dispatch import steps
from backend.dispatch.driving import fetching
from backend.dispatch.models import Visit
from backend.dispatch.tonight import load
from backend.platform import worker
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.outbox import OutboxJob
from backend.platform.uow import unit_of_work
from backend.roster.models import Night
from backend.travel import fetched
from backend.travel import times as travel
from backend.travel.models import TravelBlock, TravelFactor
from tests import builders
from tests.api.dispatching import a_staffed_night, an_open_visit, fresh, jobs, send


@pytest.fixture
def osrm(app, monkeypatch):
    """A house with a routing server that drives everything in exactly ten minutes and five kilometres."""
    runtime = app.extensions["nachtronde"]
    monkeypatch.setattr(runtime, "settings", replace(runtime.settings, travel="osrm", travel_url="http://osrm.test"))
    monkeypatch.setitem(app.extensions, "nachtronde.fetched", {})
    monkeypatch.setattr(fetching, "_rest_until", {})
    asked = []

    def answer(origins, destinations):
        asked.append((len(origins), len(destinations)))
        shape = asked[-1]
        return np.full(shape, 600.0), np.full(shape, 5000.0)

    monkeypatch.setattr(travel, "ask_server", answer)
    return asked


def refuse_to_be_asked(*_):
    raise AssertionError("the routing server was asked while somebody waits")


def do(app, clock, *kinds):
    """Let the worker do these jobs, and nothing else."""
    clock.advance(seconds=5)
    others = {job.kind for job in found_jobs()} - set(kinds)
    worker.run_due(app, leaving=others)


def found_jobs():
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(OutboxJob)))


def seen(night_id):
    with reading(SYSTEM) as session:
        return load(session, session.get_one(Night, night_id), now())


def test_a_new_door_is_asked_for_beside_the_work_and_the_times_follow(app, clock, triagist, osrm, monkeypatch):
    staffed = a_staffed_night()
    answer = travel.ask_server
    monkeypatch.setattr(travel, "ask_server", refuse_to_be_asked)
    visit = an_open_visit(builders.a_client())
    assert len(jobs("fetch_travel")) == 1
    advice = triagist.get(f"/api/v1/visits/{visit.id}/recommendation").json
    assert advice["source"] == "crow"
    send(triagist, visit, staffed.west_shift)
    assert fresh(visit).travel_source == "crow"

    monkeypatch.setattr(travel, "ask_server", answer)
    do(app, clock, "fetch_travel")
    assert (fresh(visit).travel_source, fresh(visit).travel_s, fresh(visit).distance_m) == ("osrm", 600, 5000)


def test_advice_is_given_with_what_is_known(app, clock, triagist, osrm, monkeypatch):
    a_staffed_night()
    visit = an_open_visit(builders.a_client())
    do(app, clock, "fetch_travel")
    monkeypatch.setattr(travel, "ask_server", refuse_to_be_asked)
    advice = triagist.get(f"/api/v1/visits/{visit.id}/recommendation").json
    assert advice["source"] == "osrm"
    assert [option["travel_source"] for option in advice["options"]] == ["osrm"] * len(advice["options"])
    assert advice["options"][0]["distance_m"] == 5000


def test_only_what_is_not_known_is_asked(app, clock, osrm):
    staffed = a_staffed_night()
    an_open_visit(builders.a_client())
    fetching.fetch(seen(staffed.night.id))
    first = sum(rows * columns for rows, columns in osrm)
    osrm.clear()
    assert fetching.fetch(seen(staffed.night.id)) is False
    assert osrm == []
    an_open_visit(builders.a_client(lat=52.35, lon=4.91))
    fetching.fetch(seen(staffed.night.id))
    assert 0 < sum(rows * columns for rows, columns in osrm) <= first + 2


def test_another_process_learns_what_this_one_asked(app, osrm):
    staffed = a_staffed_night()
    visit = an_open_visit(builders.a_client())
    fetching.fetch(seen(staffed.night.id))
    app.extensions["nachtronde.fetched"] = {}  # as new as a process that was just started
    tonight = seen(staffed.night.id)
    assert tonight.drives.trip(tonight.cars[0].home, fresh(visit).lat and (visit.lat, visit.lon)).source == "osrm"


def test_a_block_that_is_committed_late_is_learned_all_the_same(app, osrm):
    staffed = a_staffed_night()
    an_open_visit(builders.a_client())
    fetching.fetch(seen(staffed.night.id))
    here, there = (52.1, 4.1), (52.2, 4.2)
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.add(
            TravelBlock(
                source="osrm",
                made_at=uow.now - timedelta(minutes=2),
                origins=[list(here)],
                destinations=[list(there)],
                seconds=[[700.0]],
                metres=[[9000.0]],
            )
        )
    assert seen(staffed.night.id).drives.trip(here, there).travel_s == 700


def test_a_way_without_a_road_is_estimated_and_not_asked_again(app, osrm, monkeypatch):
    staffed = a_staffed_night()
    visit = an_open_visit(builders.a_client())
    asked = []

    def no_road(origins, destinations):
        asked.append(1)
        nothing = np.full((len(origins), len(destinations)), np.nan)
        return nothing, nothing

    monkeypatch.setattr(travel, "ask_server", no_road)
    fetching.fetch(seen(staffed.night.id))
    fetching.fetch(seen(staffed.night.id))
    assert len(asked) == 1
    tonight = seen(staffed.night.id)
    assert tonight.drives.trip(tonight.cars[0].home, (visit.lat, visit.lon)).source == "crow"


def test_a_silent_server_is_left_alone_for_a_while(app, osrm, monkeypatch):
    staffed = a_staffed_night()
    an_open_visit(builders.a_client())
    asked = []
    monkeypatch.setattr(travel, "ask_server", lambda *_: asked.append(1))
    assert fetching.fetch(seen(staffed.night.id)) is False
    assert fetching.fetch(seen(staffed.night.id)) is False
    assert len(asked) == 1


def test_old_answers_are_thrown_away(app, clock, osrm):
    staffed = a_staffed_night()
    an_open_visit(builders.a_client())
    with unit_of_work(actor=SYSTEM) as uow:
        old = uow.now - fetched.KEEP_BLOCKS - timedelta(days=1)
        uow.session.add(TravelBlock(source="osrm", made_at=old, origins=[], destinations=[], seconds=[], metres=[]))
    fetching.fetch(seen(staffed.night.id))
    with reading(SYSTEM) as session:
        assert all(block.made_at > old for block in session.scalars(sa.select(TravelBlock)))


def test_without_a_server_nothing_is_asked_for(app):
    a_staffed_night()
    an_open_visit(builders.a_client())
    assert jobs("fetch_travel") == []


def test_the_calibrated_factor_counts_until_the_environment_says_otherwise(app, monkeypatch):
    with unit_of_work(actor=SYSTEM) as uow:
        for days, factor in ((3, 1.4), (1, 1.2)):
            uow.session.add(
                TravelFactor(
                    id=new_id(),
                    source="crow",
                    factor=factor,
                    trips=60,
                    spread=0.1,
                    error_before=0.3,
                    error_after=0.2,
                    since_at=uow.now,
                    applied_at=uow.now - timedelta(days=days),
                    applied_by="beheer",
                )
            )
    with reading(SYSTEM) as session:
        assert travel.current(session).factor("crow") == 1.2
        runtime = app.extensions["nachtronde"]
        monkeypatch.setattr(runtime, "settings", replace(runtime.settings, routing_time_factor=0.9))
        assert travel.current(session).factor("crow") == 0.9


def test_a_nurse_who_taps_a_step_gets_the_same_times_as_the_desk(app, clock, triagist, client_as, osrm):
    staffed = a_staffed_night()
    visit = an_open_visit(builders.a_client())
    do(app, clock, "fetch_travel")
    send(triagist, visit, staffed.west_shift)
    app.extensions["nachtronde.fetched"] = {}
    with unit_of_work(actor=client_as(staffed.west_nurse).actor) as uow:
        steps.accept(uow, visit_id=visit.id, happened_at=uow.now)
    with reading(SYSTEM) as session:
        assert session.get_one(Visit, visit.id).travel_source == "osrm"
