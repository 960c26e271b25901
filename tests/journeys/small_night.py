"""A night small enough to know by heart: three cars, two organisations, and Mrs De Groot, who called before."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from backend.dispatch import assign, opening, steps
from backend.dispatch.models import Visit
from backend.dispatch.rules import OVER, Override, OverrideCode, VisitStatus
from backend.intake import service as intake
from backend.intake.rules import Call, Caller, CallerRelation
from backend.people.models import Client, Organisation, Region, Staff
from backend.people.rules import OrganisationKind, Role
from backend.platform import login, schema
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.events import EventRow
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from backend.roster.models import HomeBase, Night, Shift
from backend.triage import queries as judged
from backend.triage import scope_lists
from backend.triage import service as triage
from backend.triage.rules import (
    Abcd,
    AbcdState,
    Assessment,
    ChangeReason,
    Counterfactual,
    Outcome,
    ScopeVerdict,
    Urgency,
)
from tests import builders, night
from tests.journeys.conftest import House, a_house, skip_unless_built

PASSWORD = "een rustige nacht"
AN_EARLIER_ADVICE = "Hang de zak lager en drink een glas water."
SAFE = Abcd(airway=AbcdState.SAFE, breathing=AbcdState.SAFE, circulation=AbcdState.SAFE, disability=AbcdState.SAFE)


@dataclass
class SmallNight:
    """What the journeys call by name."""

    house: House
    night: Night
    lindehof: Organisation
    waterrand: Organisation
    fatma: Shift
    """Auto 1 in West: may place a catheter, and is the nearest."""
    marit: Shift
    """Auto 2 in West: her competence ran out last week."""
    dewi: Shift
    """Auto 3 in Oost: may place a catheter, but comes from another region."""
    mrs_de_groot: Client

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Within this the test can read and write the house's own database."""
        with self.house.app.app_context():
            yield

    def find(self, query: Any) -> list[Any]:
        """Rows, as the house itself sees them."""
        with self.inside(), reading(SYSTEM) as session:
            return list(session.scalars(query))

    def a_client(self, family_name: str, **given: Any) -> Client:
        """Somebody of De Lindehof, in West."""
        with self.inside():
            client: Client = builders.a_client(
                self.lindehof, family_name=family_name, **{"prefix": None, "lat": 52.3712, "lon": 4.8555, **given}
            )
            return client

    def a_visit(self, client: Client, shift: Shift | None = None, **given: Any) -> Visit:
        """A question about this client that needs a car; with a shift, that car has been sent by Noor."""
        with self.inside():
            request_id = new_id()
            with unit_of_work(actor=self.noor) as uow:
                intake.register(uow, care_request_id=request_id, call=_call(client, "Katheter loopt niet meer door."))
                _decide(
                    uow,
                    request_id,
                    **{
                        "outcome": Outcome.VISIT,
                        "needs_hands": True,
                        "required_competences": ("bladder_catheter",),
                        "service_minutes": 30,
                        "counterfactual": Counterfactual.GP_POST,
                        "final_urgency": Urgency.U2,
                        **given,
                    },
                )
            if shift is not None:
                self.send(self.visit_of(request_id), shift)
            return self.visit_of(request_id)

    def send(self, visit: Visit, shift: Shift) -> None:
        """Noor sends this car."""
        with self.inside(), unit_of_work(actor=self.noor) as uow:
            fresh = uow.session.get_one(Visit, visit.id)
            assign.assign(
                uow, visit.id, assignment_id=new_id(), shift_id=shift.id, expected_version=fresh.version,
                recommended_shift_id=shift.id,
                override=Override(code=OverrideCode.KNOWS_CLIENT, text="Kent de cliënt"),
            )  # fmt: skip

    def clear(self) -> None:
        """Nobody has anything left to do, so that the next story begins with free cars."""
        with self.inside(), unit_of_work(actor=self.noor) as uow:
            for visit in uow.session.scalars(sa.select(Visit).where(Visit.status.not_in(OVER))).all():
                if visit.status is VisitStatus.ON_SCENE:
                    steps.set_status(uow, visit.id, status=VisitStatus.DONE)
                else:
                    opening.cancel(uow, visit.id, reason="Het hoeft niet meer.")

    def visit_of(self, request_id: uuid.UUID) -> Visit:
        """The one visit that was opened for this question."""
        (visit,) = self.find(sa.select(Visit).where(Visit.care_request_id == request_id))
        assert isinstance(visit, Visit)
        return visit

    def fresh(self, visit: Visit) -> Visit:
        """This visit as it is now."""
        (found,) = self.find(sa.select(Visit).where(Visit.id == visit.id))
        assert isinstance(found, Visit)
        return found

    def record(self, visit: Visit, *names: str) -> list[str]:
        """Which of these events are on the record about a visit, in the order in which they were committed."""
        rows = self.find(sa.select(EventRow).where(EventRow.topic_id == visit.id).order_by(EventRow.seq))
        return [row.name for row in rows if row.name in names]

    @property
    def noor(self) -> Any:
        """Noor of the desk, as an actor."""
        (staff,) = self.find(sa.select(Staff).where(Staff.login == "noor"))
        return builders.actor_of(staff)


@contextmanager
def a_small_night(folder: Path, **settings: str) -> Iterator[SmallNight]:
    """A running house with this night in it."""
    skip_unless_built()
    with a_house(folder, fill=False, **settings) as house, house.app.app_context():
        laid = lay_down(house)
        yield laid


def lay_down(house: House) -> SmallNight:
    """Everybody and everything of the small night."""
    schema.lay_first_row(house.app.extensions["nachtronde"].database)
    builders.the_partnership(name="Nachtzorg Amsterdam", desk_phone="020 555 01 00")
    desk = builders.the_desk(name="Zorgcentrale", short_name="Centrale")
    lindehof = builders.an_organisation(name="De Lindehof", short_name="Lindehof", kind=OrganisationKind.CARE)
    waterrand = builders.an_organisation(name="Waterrand", short_name="Waterrand", kind=OrganisationKind.CARE)
    hashed = login.hash_password(PASSWORD)

    def someone(name: str, role: Role, organisation: Organisation, **given: Any) -> Staff:
        first = name.partition(" ")[0].lower()
        staff: Staff = builders.a_staff_member(
            role, organisation, name=name, password_hash=hashed, **{"login": first, **given}
        )
        return staff

    someone("Noor Willems", Role.TRIAGIST, desk)
    someone("Sam Bakari", Role.TRIAGIST, desk)
    someone("Ria Postma", Role.ADMIN, desk)
    someone("Anneke de Wit", Role.TEAM_MANAGER, lindehof, login="lindehof")
    someone("Bram Postma", Role.TEAM_MANAGER, waterrand, login="waterrand")
    with unit_of_work(actor=SYSTEM) as uow:
        triage.publish_scope_list(uow, scope_lists.read(scope_lists.EXAMPLE))

    west = builders.a_region("1055", "1056", name="West", code="W")
    oost = builders.a_region("1093", name="Oost", code="O")
    during = night.a_night()
    fatma = someone("Fatma Aydın", Role.NURSE, desk, competences=("bladder_catheter", "insulin"))
    dewi = someone("Dewi Prasetyo", Role.NURSE, desk, competences=("bladder_catheter",))
    marit = someone("Marit Dekker", Role.NURSE, desk)
    builders.kept(_an_expired_competence(marit))
    return SmallNight(
        house=house,
        night=during,
        lindehof=lindehof,
        waterrand=waterrand,
        fatma=_a_shift(during, fatma, 1, west, 52.3800, 4.8270),
        marit=_a_shift(during, marit, 2, west, 52.3790, 4.8300),
        dewi=_a_shift(during, dewi, 3, oost, 52.3520, 4.9320),
        mrs_de_groot=_a_client_with_a_call_before(lindehof),
    )


def _an_expired_competence(nurse: Staff) -> Any:
    from backend.people.models import Competence
    from backend.people.rules import ReservedProcedure

    last_week: date = (now() - timedelta(days=7)).date()
    return Competence(
        id=new_id(), staff_id=nurse.id, procedure=ReservedProcedure.BLADDER_CATHETER, valid_until=last_week
    )


def _a_shift(during: Night, nurse: Staff, number: int, region: Region, lat: float, lon: float) -> Shift:
    base = builders.kept(HomeBase(id=new_id(), name=f"Standplaats {number}", region_id=region.id, lat=lat, lon=lon))
    car = night.a_car(region, number=number, name=f"Auto {number}", home_base_id=base.id)
    shift: Shift = night.a_shift(during, nurse, car)
    return shift


def _a_client_with_a_call_before(organisation: Organisation) -> Client:
    """Last night somebody called about her too, and it was settled by phone."""
    client: Client = builders.a_client(organisation, alerts=["Verblijfskatheter"], contact_name="Dochter de Groot")
    request_id = new_id()
    (noor,) = _everyone_with("noor")
    with unit_of_work(actor=builders.actor_of(noor), now=now() - timedelta(hours=20)) as uow:
        intake.register(uow, care_request_id=request_id, call=_call(client, "De zak blijft leeg, wat nu?"))
        _decide(
            uow,
            request_id,
            outcome=Outcome.PHONE_ADVICE,
            final_urgency=Urgency.U4,
            advice=AN_EARLIER_ADVICE,
            safety_net="Bel terug als er over een uur nog geen urine loopt.",
            counterfactual=Counterfactual.GP_POST,
        )
    return client


def _everyone_with(name: str) -> list[Staff]:
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(Staff).where(Staff.login == name)))


def _call(client: Client, question: str) -> Call:
    return Call(
        caller=Caller(
            callback_number="06 55 50 43 21",
            relation=CallerRelation.INFORMAL_CARER,
            name="Dochter",
            is_with_client=True,
        ),
        question=question,
        entry_complaint="catheter",
        client_id=client.id,
        contact_72h_checked=True,
    )


def _decide(uow: Any, request_id: uuid.UUID, **given: Any) -> None:
    rules = judged.scope_list_at(uow.session, uow.now)
    assert rules is not None
    triage.decide(
        uow,
        decision_id=new_id(),
        care_request_id=request_id,
        assessment=Assessment(
            **{
                "abcd": SAFE,
                "change_reason": ChangeReason.CONTEXT,
                "change_note": "Gehoord aan de telefoon",
                "scope_criterion_id": rules.criteria[0].id,
                "scope_verdict": ScopeVerdict.IN_SCOPE,
                **given,
            }
        ),
    )
