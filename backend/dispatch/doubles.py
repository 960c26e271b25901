"""The other nurse's visit: which one it is, and that her phone hears when something about this one changes."""

import uuid

import sqlalchemy as sa

from backend.dispatch import routes
from backend.dispatch.events import VisitChanged
from backend.dispatch.models import Visit
from backend.dispatch.rules import OVER
from backend.dispatch.writing import event_header
from backend.platform.uow import UnitOfWork


def partners_of(uow: UnitOfWork, visit: Visit) -> list[Visit]:
    """The other parts of the same double visit that are not over."""
    if visit.double_id is None:
        return []
    found = uow.session.scalars(
        sa.select(Visit)
        .where(Visit.double_id == visit.double_id, Visit.id != visit.id, Visit.status.not_in(OVER))
        .order_by(Visit.part)
    )
    return list(found)


def shifts_of_partners(uow: UnitOfWork, visit: Visit) -> frozenset[uuid.UUID]:
    """The shifts that have, or had, another part: whoever did one does not do the other."""
    if visit.double_id is None:
        return frozenset()
    found = uow.session.scalars(
        sa.select(Visit.shift_id).where(Visit.double_id == visit.double_id, Visit.id != visit.id)
    )
    return frozenset(one for one in found if one is not None)


def tell_partners(uow: UnitOfWork, visit: Visit) -> None:
    """Whoever goes to the same door hears that something changed about who comes along."""
    for partner in partners_of(uow, visit):
        if partner.shift_id is not None:
            routes.tell_route(uow, partner)


def count_cars(uow: UnitOfWork, visit: Visit, cars_needed: int) -> None:
    """How many nurses this visit asks from now on; whoever has it hears of it."""
    if visit.status in OVER or visit.cars_needed == cars_needed:
        return
    visit.cars_needed = cars_needed
    visit.version += 1
    uow.record(VisitChanged(**event_header(visit), urgency=visit.urgency, changes=("cars_needed",)))
