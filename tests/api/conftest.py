"""For tests of what is asked of the house over HTTP: one night with everything in it."""

import uuid
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from backend.dispatch.tonight import load
from backend.intake.models import IntakeDraft
from backend.people.models import Staff
from backend.people.rules import Role
from backend.platform.clock import now
from backend.platform.db import Session
from tests import builders, night


@dataclass(frozen=True)
class FullNight:
    """One of everything that has an id in a URL, and the people it belongs to."""

    ids: dict[str, uuid.UUID]
    nurse: Staff
    triagist: Staff
    team_manager: Staff


@pytest.fixture
def a_full_night(app):
    """A night of one organisation: a question, a visit with a car on its way, an alarm, a letter, a draft."""
    organisation = builders.an_organisation()
    client = builders.a_client(organisation)
    nurse = builders.a_nurse(organisation=organisation)
    triagist = builders.a_staff_member(Role.TRIAGIST)
    region = builders.a_region("1055")
    tonight = night.a_night()
    shift = night.a_shift(tonight, nurse, night.a_car(region))
    care_request = night.a_care_request(client)
    visit = night.a_visit(tonight, client, shift, care_request=care_request)
    letter = night.a_morning(client)
    draft = builders.kept(IntakeDraft(id=builders.an_id(), staff_id=triagist.id, body={}, updated_at=now()))
    ids = {
        "organisation_id": organisation.id,
        "client_id": client.id,
        "staff_id": nurse.id,
        "region_id": region.id,
        "night_id": tonight.id,
        "shift_id": shift.id,
        "care_request_id": care_request.id,
        "visit_id": visit.id,
        "alarm_id": night.an_alarm(visit, shift).id,
        "handover_id": letter.id,
        "entry_id": letter.entries[0].id,
        "draft_id": draft.id,
        "break_id": night.a_break(shift).id,
    }
    return FullNight(ids, nurse, triagist, builders.a_staff_member(Role.TEAM_MANAGER, organisation))


@pytest.fixture
def held_nights_stay_true():
    """Whatever is written: before every commit a night that is held says exactly what a fresh reading says."""
    compared = []

    def compare(session):
        session.flush()
        for held in session.info.get("held_nights", {}).values():
            seen = held.seen()
            fresh = load(session, held.night, seen.now)
            assert (seen.plan_version, seen.visits, seen.cars) == (fresh.plan_version, fresh.visits, fresh.cars)
            compared.append(held.night.id)

    sa.event.listen(Session, "before_commit", compare)
    yield compared
    sa.event.remove(Session, "before_commit", compare)
