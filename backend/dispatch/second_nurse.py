"""Two nurses at one door: a second one is asked for, is no longer needed, or goes together with the first."""

import uuid
from dataclasses import dataclass, replace

import sqlalchemy as sa

from backend.dispatch import assign, opening
from backend.dispatch.assign import NurseIsThere, Slot, VisitIsOver
from backend.dispatch.doubles import count_cars, partners_of
from backend.dispatch.models import Visit
from backend.dispatch.rules import BUSY, OVER, Override, VisitStatus
from backend.dispatch.writing import for_change
from backend.platform.errors import Invalid
from backend.platform.uow import UnitOfWork


def add_second(uow: UnitOfWork, visit_id: uuid.UUID, *, second_id: uuid.UUID) -> Visit:
    """Ask for a second nurse, also when the first is there already. The same id again changes nothing.

    Her visit is one of its own, with no competences asked: two hands more, or somebody beside the first.
    """
    held, visit = for_change(uow, visit_id)
    if uow.session.get(Visit, second_id) is not None or partners_of(uow, visit):
        return visit
    if visit.status in OVER:
        raise VisitIsOver(status=visit.status.value)
    visit.double_id = visit.double_id or visit.care_request_id or visit.id
    same = Visit.double_id == visit.double_id
    last = uow.session.scalar(sa.select(sa.func.max(Visit.part)).where(same | (Visit.id == visit.id))) or 1
    facts = (
        "night_id", "organisation_id", "client_id", "care_request_id", "double_id", "kind", "urgency", "complaint",
        "question", "pathway_id", "region_id", "lat", "lon", "window_start", "window_end", "latest_at",
        "service_minutes",
    )  # fmt: skip
    second = Visit(
        id=second_id,
        part=last + 1,
        reference=f"{visit.reference.partition('/')[0]}/{last + 1}" if visit.reference else None,
        status=VisitStatus.OPEN,
        opened_at=uow.now,
        required_competences=[],
        cars_needed=2,
        version=1,
        is_locked=False,
        **{name: getattr(visit, name) for name in facts},
    )
    count_cars(uow, visit, 2)
    opening.announce(uow, held, second)
    held.night.plan_version += 1
    return visit


def drop_others(uow: UnitOfWork, visit_id: uuid.UUID) -> Visit:
    """One nurse is enough after all: this visit stays, the other part lapses unless its nurse is on her way."""
    _, visit = for_change(uow, visit_id)
    others = partners_of(uow, visit)
    if any(one.status in BUSY for one in others):
        raise NurseIsThere()
    for other in others:
        opening.cancel(uow, other.id, reason="fewer_cars_needed")
    count_cars(uow, visit, 1)
    return visit


def cancel_both(uow: UnitOfWork, visit_id: uuid.UUID, *, reason: str) -> Visit:
    """Nobody needs to go any more: neither of the two. Who is at the door already stays there."""
    visit = opening.cancel(uow, visit_id, reason=reason)
    for other in partners_of(uow, visit):
        if other.status is not VisitStatus.ON_SCENE:
            opening.cancel(uow, other.id, reason=reason)
    return visit


@dataclass(frozen=True)
class SecondCar:
    """De tweede auto: which car goes with the first, and in which version the desk saw its visit."""

    visit_id: uuid.UUID
    id: uuid.UUID
    shift_id: uuid.UUID
    expected_version: int


def assign_both(
    uow: UnitOfWork,
    visit_id: uuid.UUID,
    *,
    assignment_id: uuid.UUID,
    shift_id: uuid.UUID,
    expected_version: int,
    second: SecondCar,
    recommended_shift_id: uuid.UUID | None = None,
    override: Override | None = None,
    slots: tuple[Slot | None, Slot | None] = (None, None),
) -> Visit:
    """Send two cars in one breath: both go, or neither does."""
    held, visit = for_change(uow, visit_id)
    _, other = for_change(uow, second.visit_id)
    if visit.double_id is None or visit.double_id != other.double_id or visit.id == other.id:
        raise Invalid({"second": ["not_the_same_visit"]})
    visit = assign.assign(
        uow,
        visit_id,
        assignment_id=assignment_id,
        shift_id=shift_id,
        expected_version=expected_version,
        recommended_shift_id=recommended_shift_id,
        override=override,
        slot=slots[0],
    )
    # The night's plan is one further now, by our own hand: the place found for the second is as good as it was.
    slot = replace(slots[1], plan_version=held.night.plan_version) if slots[1] is not None else None
    assign.assign(
        uow,
        second.visit_id,
        assignment_id=second.id,
        shift_id=second.shift_id,
        expected_version=second.expected_version,
        recommended_shift_id=second.shift_id,
        override=override,
        slot=slot,
    )
    return visit
