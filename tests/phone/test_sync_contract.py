"""The sync contract, played by hypothesis: a phone in tunnels, a desk that changes its mind, a log that must be right.

P1 every queued report reaches the log exactly once, in the nurse's order · P2 a status never goes back ·
P4 a refused command stays refused, with the same words · P5 replaying anything changes nothing ·
P6 a prefix, a snapshot and a suffix give the same phone as everything · P8 nothing of another car is in any page.
Lost requests, lost replies, duplicates, reordered batches, stale pages and wrong clocks are the normal life of a phone.
"""

import contextlib
import os
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from backend.dispatch import assign, opening
from backend.dispatch.models import Visit
from backend.dispatch.rules import Override, OverrideCode, VisitStatus
from backend.phone.models import CommandResult, VisitReport
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso
from backend.platform.db import reading
from backend.platform.errors import DomainError
from backend.platform.events import EventRow
from backend.platform.uow import unit_of_work
from backend.roster.events import BackupWoken
from tests import builders, night

RUNS = int(os.environ.get("SYNC_RUNS", "10"))
STEPS = ("accept", "depart", "arrive", "finish")
ORDER = list(VisitStatus)
SECRET = "Roerdomp"
OVERRIDE = Override(OverrideCode.DOCTOR_AGREED, "akkoord", "dr. Smit")


class Phone:
    """A phone as the contract asks it to be: a cursor, visits, and commands that stay until they are answered."""

    def __init__(self, browser, shift):
        self.browser, self.shift = browser, shift
        self.cursor, self.visits = 0, {}
        self.queue, self.sent, self.answers = [], [], {}
        self.pages = []

    def post(self, batch):
        response = self.browser.post("/api/v1/commands", json={"commands": batch})
        assert response.status_code == 200, response.text
        assert [one["id"] for one in response.json["results"]] == [one["id"] for one in batch]
        return response.json["results"]

    def read(self, after, limit=200):
        response = self.browser.get("/api/v1/feed", query_string={"after": after, "limit": limit})
        assert response.status_code == 200, response.text
        assert SECRET not in response.text, "P8: another car's client is in this page"
        return response.json

    def pull(self, limit):
        while True:
            page = self.read(self.cursor, limit)
            if self.cursor == 0 or page["reset"]:
                self.visits = {}
            for event in page["events"]:
                if event["visit"] is None:
                    self.visits.pop(event["visit_id"], None)
                else:
                    self.visits[event["visit_id"]] = event["visit"]
            assert page["cursor"] >= self.cursor or page["reset"]
            self.cursor = page["cursor"]
            if not page["more"]:
                return


class Night(RuleBasedStateMachine):
    """One night with two cars, one desk and bad coverage."""

    app = client_as = clock = forget = None

    @initialize()
    def begin(self):
        self.forget()
        builders.the_partnership()
        tonight = night.a_night()
        self.visits = []
        self.phones = []
        for _ in range(2):
            nurse = builders.a_nurse(competences=("bladder_catheter",))
            shift = night.a_shift(tonight, nurse)
            self.phones.append(Phone(self.client_as(nurse), shift))
        self.mine, self.other = self.phones
        with unit_of_work(actor=SYSTEM) as uow:
            uow.record(BackupWoken(feed_id=self.mine.shift.id, car_name="Auto 1"))
        for name in ("Bakker", "Visser", SECRET):
            client = builders.a_client(family_name=name)
            self.visits.append(night.a_visit(tonight, client, care_request=night.a_care_request(client)))
        self.secret = self.visits.pop()
        self.assign(self.secret, self.other)
        for visit in self.visits:
            self.assign(visit, self.mine)
        self.furthest = {}

    # -- the desk --

    def assign(self, visit, phone):
        with unit_of_work(actor=SYSTEM) as uow:
            known = uow.session.get_one(Visit, visit.id)
            assign.assign(uow, visit.id, assignment_id=builders.an_id(), shift_id=phone.shift.id,
                            expected_version=known.version, override=OVERRIDE)  # fmt: skip

    @rule(which=st.integers(0, 1), to_me=st.booleans())
    def the_desk_sends_a_car(self, which, to_me):
        self.try_desk(lambda: self.assign(self.visits[which], self.mine if to_me else self.other))

    @rule(which=st.integers(0, 1))
    def the_desk_takes_a_visit_back(self, which):
        self.try_desk(lambda: self.in_house(lambda uow: assign.withdraw(uow, self.visits[which].id, reason="anders")))

    @precondition(lambda self: len(self.mine.sent) > 6)
    @rule()
    def the_first_visit_is_cancelled(self):
        # Only this one and only late: for a cancelled visit there is nothing more to be told.
        self.try_desk(lambda: self.in_house(lambda uow: opening.cancel(uow, self.visits[0].id, reason="afgebeld")))

    def try_desk(self, act):
        with contextlib.suppress(DomainError):  # when it may be done is for the tests of dispatch
            act()

    def in_house(self, act):
        with unit_of_work(actor=SYSTEM) as uow:
            act(uow)

    # -- the nurse --

    def queue(self, command):
        self.mine.queue.append({"id": str(builders.an_id()), **command})

    def at(self, skew_s):
        return iso(self.clock() + timedelta(seconds=skew_s))

    skew = st.sampled_from([0, -40, 86_400, -86_400, 93_600])

    @rule(which=st.integers(0, 1), step=st.sampled_from(STEPS), skew_s=skew)
    def she_taps(self, which, step, skew_s):
        self.queue({"kind": step, "visit_id": str(self.visits[which].id), "happened_at": self.at(skew_s), "body": {}})

    @rule(which=st.integers(0, 1), steps=st.permutations(STEPS), skews=st.tuples(skew, skew, skew, skew))
    def she_taps_all_that_she_forgot(self, which, steps, skews):
        for step, skew_s in zip(steps, skews, strict=True):
            self.queue(
                {"kind": step, "visit_id": str(self.visits[which].id), "happened_at": self.at(skew_s), "body": {}}
            )

    @rule(which=st.integers(0, 1), skew_s=skew)
    def she_writes(self, which, skew_s):
        said = [one["body"]["report_id"] for one in self.mine.sent if "report_id" in one["body"]]
        body = {"report_id": str(builders.an_id()), "parent_id": said[-1] if said else None, "problem_solved": "yes",
                "subjective": f"verslag {len(self.mine.queue) + len(self.mine.sent)}"}  # fmt: skip
        happened = self.at(skew_s)
        self.queue({"kind": "report", "visit_id": str(self.visits[which].id), "happened_at": happened, "body": body})

    @rule()
    def she_sends_nonsense(self):
        self.queue({"kind": "report", "visit_id": None, "happened_at": self.at(0), "body": {"plan": 7}})

    @rule(minutes=st.integers(1, 9))
    def time_passes(self, minutes):
        self.clock.advance(minutes=minutes)

    # -- the line --

    @rule(fault=st.sampled_from(["none", "none", "lost request", "lost reply", "twice"]), size=st.integers(1, 9))
    def the_phone_sends(self, fault, size):
        batch = self.mine.queue[:size]
        if not batch or fault == "lost request":
            return
        results = self.mine.post(batch)
        if fault == "twice":
            again = self.mine.post(batch)
            assert again == results, "P5: the same batch was answered differently"
        if fault == "lost reply":
            self.remember(batch, results, keep=True)
            return
        self.remember(batch, results, keep=False)

    def remember(self, batch, results, *, keep):
        for command, result in zip(batch, results, strict=True):
            known = self.mine.answers.setdefault(command["id"], result)
            assert known == result, "P4, P5: a command was answered differently the second time"
            if "report_id" in command["body"]:
                assert result["status"] == "applied", "P1: a report of a visit that was ever hers was refused"
            if not keep:
                self.mine.queue.remove(command)
                self.mine.sent.append(command)

    @precondition(lambda self: self.mine.sent)
    @rule(data=st.data())
    def an_old_request_arrives_after_all(self, data):
        batch = data.draw(
            st.lists(st.sampled_from(self.mine.sent), min_size=1, max_size=4, unique_by=lambda one: one["id"])
        )
        before = self.house()
        for command, result in zip(batch, self.mine.post(batch), strict=True):
            assert result == self.mine.answers[command["id"]], "P5: a replay was answered differently"
        assert self.house() == before, "P5: a replay changed something"

    @precondition(lambda self: any(self.mine.answers[one["id"]]["received_at"] for one in self.mine.sent))
    @rule(data=st.data())
    def an_id_is_used_for_something_else(self, data):
        kept = [one for one in self.mine.sent if self.mine.answers[one["id"]]["received_at"]]
        command = data.draw(st.sampled_from(kept))
        before = self.house()
        (result,) = self.mine.post([{**command, "happened_at": self.at(-1)}])
        assert (result["status"], result["code"]) == ("refused", "id_reused")
        assert self.house() == before

    @rule(limit=st.sampled_from([1, 2, 200]))
    def the_phone_reads(self, limit):
        self.mine.pull(limit)
        assert self.mine.visits == self.snapshot(), "P6: the phone differs from a snapshot"

    @precondition(lambda self: self.mine.cursor)
    @rule(part=st.floats(0, 1), limit=st.sampled_from([1, 3, 200]))
    def a_stale_phone_catches_up(self, part, limit):
        """P6: from any older cursor, with whatever it held then, the news leads to the same visits."""
        after = max(1, int(self.mine.cursor * part))
        held = self.snapshot()
        changed = set()
        while True:
            page = self.mine.read(after, limit)
            for event in page["events"]:
                changed.add(event["visit_id"])
                assert event["visit"] == held.get(event["visit_id"]), "P6: the news differs from the snapshot"
            after = page["cursor"]
            if not page["more"]:
                break
        assert changed >= {str(row) for row in self.changed_since(max(1, int(self.mine.cursor * part)))}

    # -- what must always hold --

    @invariant()
    def every_report_is_in_the_log_once_and_in_her_order(self):
        if not hasattr(self, "visits"):
            return
        applied = [
            command["body"]["report_id"]
            for command in [*self.mine.sent, *self.mine.queue]
            if command["kind"] == "report" and self.mine.answers.get(command["id"], {}).get("status") == "applied"
        ]
        assert self.logged() == applied, "P1: the log does not hold her reports exactly once and in order"

    @invariant()
    def no_status_goes_back_within_one_assignment(self):
        if not hasattr(self, "visits"):
            return
        with reading(SYSTEM) as session:
            rows = session.scalars(sa.select(Visit)).all()
        for visit in rows:
            key = (visit.id, visit.assignment_id)
            before = self.furthest.get(key, visit.status)
            assert ORDER.index(visit.status) >= ORDER.index(before) or visit.assignment_id is None, "P2"
            self.furthest[key] = visit.status
            times = [visit.accepted_at, visit.departed_at, visit.arrived_at, visit.finished_at]
            known = [moment for moment in times if moment is not None]
            assert known == sorted(known), "a duration is negative"

    def teardown(self):
        """After quiet: everything out, everything in; then phone and house agree, and nothing is left but refusals."""
        if not hasattr(self, "visits"):
            return
        while self.mine.queue:
            batch = self.mine.queue[:20]
            self.remember(batch, self.mine.post(batch), keep=False)
        self.mine.pull(200)
        assert self.mine.visits == self.snapshot()
        self.every_report_is_in_the_log_once_and_in_her_order()

    # -- looking --

    def snapshot(self):
        return {event["visit_id"]: event["visit"] for event in self.mine.read(0)["events"] if event["visit"]}

    def logged(self):
        with reading(SYSTEM) as session:
            rows = session.scalars(
                sa.select(EventRow).where(EventRow.name == "VisitReported").order_by(EventRow.seq)
            ).all()
            assert {uuid.UUID(row.payload["report_id"]) for row in rows} == set(
                session.scalars(sa.select(VisitReport.id))
            )
            return [row.payload["report_id"] for row in rows]

    def changed_since(self, after):
        with reading(SYSTEM) as session:
            return session.scalars(
                sa.select(EventRow.topic_id).where(
                    EventRow.feed_id == self.mine.shift.id, EventRow.seq > after, EventRow.topic_id.is_not(None)
                )
            ).all()

    def house(self):
        """Everything that a replay must leave alone."""
        with reading(SYSTEM) as session:
            return (
                session.scalar(sa.select(sa.func.max(EventRow.seq))),
                session.scalar(sa.select(sa.func.count()).select_from(VisitReport)),
                session.scalar(sa.select(sa.func.count()).select_from(CommandResult)),
                sorted((str(visit.id), visit.version, visit.status) for visit in session.scalars(sa.select(Visit))),
            )


@pytest.fixture
def a_night_in_tunnels(app, running_app, client_as, clock):
    """The machine with the app of this test in it."""
    _, forget = running_app
    return type(
        "ANight",
        (Night,),
        {"app": app, "client_as": staticmethod(client_as), "clock": clock, "forget": staticmethod(forget)},
    )


def test_a_night_in_tunnels_loses_nothing_and_doubles_nothing(a_night_in_tunnels):
    run_state_machine_as_test(
        a_night_in_tunnels,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=40,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),  # a night is slow to replay: shrinking takes longer than reading
            suppress_health_check=list(HealthCheck),
        ),
    )
