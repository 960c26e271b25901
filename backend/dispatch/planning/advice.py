"""Who can go? The question that a desk asks before it sends a car, answered while it looks."""

import uuid
from datetime import datetime

import sqlalchemy as sa
import structlog

from backend.dispatch import rules
from backend.dispatch.assign import Slot, VisitIsOver
from backend.dispatch.models import Visit
from backend.dispatch.objections import params_json
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.planning import warming
from backend.dispatch.planning.choice import Advice, Choice, Rejected, Second, by_distance
from backend.dispatch.planning.shapes import (
    AdvisedCarOut,
    AdvisedReasonOut,
    DelayOut,
    RecommendationOut,
    RejectedCarOut,
    SecondCarOut,
    TermsOut,
)
from backend.dispatch.rules import OVER
from backend.dispatch.tonight import CarTonight, Tonight, VisitTonight, load, objections
from backend.people.models import Client
from backend.people.rules import name_label
from backend.platform.answers import Moment
from backend.platform.db import Session
from backend.platform.errors import NotFound
from backend.roster.models import Night
from backend.travel import times as travel

log = structlog.get_logger()


def advise(tonight: Tonight, visit: VisitTonight) -> Advice:
    """Every car weighed: the rules first, then exact insertion; without the optimiser the rules and the distance."""
    allowed: list[CarTonight] = []
    rejected: list[Rejected] = []
    for car in tonight.cars:
        blocking = [one for one in objections(tonight, visit, car) if one.weight is not rules.Weight.REASON]
        if blocking:
            rejected.append(Rejected(car, blocking[0].code, params_json(blocking[0].params)))
        else:
            allowed.append(car)
    if not allowed:
        return Advice("rules", (), tuple(rejected))
    if warming.is_loading():
        return Advice("rules_only", by_distance(tonight, visit, allowed), tuple(rejected))
    try:
        choices, further = planning.insert(tonight, visit, allowed, for_second=_for_second(tonight, visit))
    except Exception as error:  # whatever is wrong with the optimiser, dispatching by hand goes on
        log.warning("advice_by_rules_only", kind=type(error).__name__)
        return Advice("rules_only", by_distance(tonight, visit, allowed), tuple(rejected))
    sources = {choice.travel_source for choice in choices}
    return Advice(sources.pop() if len(sources) == 1 else travel.CROW, choices, (*further, *rejected))


def _for_second(tonight: Tonight, visit: VisitTonight) -> list[CarTonight]:
    """The cars that may bring the second nurse, when nobody has either part yet."""
    if visit.shift_id is not None:
        return []
    others = [one for one in tonight.partners(visit) if one.shift_id is None]
    blocked = (rules.Weight.NEVER, rules.Weight.NAMED)
    return [
        car
        for car in tonight.cars
        if others and not any(one.weight in blocked for one in objections(tonight, others[0], car))
    ]


def recommendation(session: Session, visit_id: uuid.UUID, now: datetime) -> RecommendationOut:
    """The advice for one visit, as the desk reads it."""
    tonight, visit = _look(session, visit_id, now)
    if visit.status in OVER:
        raise VisitIsOver(status=visit.status.value)
    advice = advise(tonight, visit)
    labels = _labels(session, tonight, {delay.visit_id for choice in advice.choices for delay in choice.delays})
    return RecommendationOut(
        visit_id=str(visit_id),
        computed_at=Moment(now),
        plan_version=tonight.plan_version,
        source=advice.source,
        options=[_option(choice, labels) for choice in advice.choices],
        rejected=[
            RejectedCarOut(
                shift_id=str(one.car.shift_id),
                car_name=one.car.car_name,
                nurse_name=one.car.nurse_name,
                reason=one.reason,
                params=dict(one.params),
            )
            for one in advice.rejected
        ],
    )


def slot_for(session: Session, visit_id: uuid.UUID, shift_id: uuid.UUID, now: datetime) -> Slot | None:
    """The place in this car's route where the visit fits best; nothing when only the desk's word can say."""
    tonight, visit = _look(session, visit_id, now)
    car = tonight.car(shift_id)
    if car is None or visit.status in OVER:
        return None
    try:
        choices, _ = planning.insert(tonight, visit, [car])
    except Exception as error:  # the desk sends the car whatever the optimiser thinks of it
        log.warning("slot_without_optimiser", kind=type(error).__name__)
        return None
    if not choices:
        return None
    return Slot(tonight.plan_version, choices[0].after_visit_id, choices[0].is_first)


def slots_for(
    session: Session, visit_id: uuid.UUID, shift_ids: tuple[uuid.UUID, uuid.UUID], now: datetime
) -> tuple[Slot | None, Slot | None]:
    """The places in two cars' routes where a double visit fits best, for the first and the second nurse."""
    tonight, visit = _look(session, visit_id, now)
    cars = [car for car in tonight.cars if car.shift_id in shift_ids]
    if len(cars) != 2 or visit.status in OVER:
        return None, None
    firsts = [car for car in cars if car.shift_id == shift_ids[0]]
    try:
        choices, _ = planning.insert(tonight, visit, firsts, for_second=[car for car in cars if car not in firsts])
    except Exception as error:
        log.warning("slot_without_optimiser", kind=type(error).__name__)
        return None, None
    if not choices or choices[0].second is None:
        return None, None
    first, second = choices[0], choices[0].second
    return (
        Slot(tonight.plan_version, first.after_visit_id, first.is_first),
        Slot(tonight.plan_version, second.after_visit_id, second.is_first),
    )


def _look(session: Session, visit_id: uuid.UUID, now: datetime) -> tuple[Tonight, VisitTonight]:
    night = session.scalar(sa.select(Night).join(Visit, Visit.night_id == Night.id).where(Visit.id == visit_id))
    if night is None:
        raise NotFound()
    tonight = load(session, night, now)
    visit = tonight.visit(visit_id)
    if visit is None:
        raise VisitIsOver(status="cancelled")
    return tonight, visit


def _labels(session: Session, tonight: Tonight, visit_ids: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    clients = {visit.client_id for visit in tonight.visits if visit.id in visit_ids and visit.client_id}
    if not clients:
        return {}
    rows = session.execute(
        sa.select(Client.id, Client.sex, Client.initials, Client.prefix, Client.family_name).where(
            Client.id.in_(clients)
        )
    )
    known = {
        row.id: name_label(sex=row.sex, initials=row.initials, prefix=row.prefix, family_name=row.family_name)
        for row in rows
    }
    return {
        visit.id: known[visit.client_id]
        for visit in tonight.visits
        if visit.id in visit_ids and visit.client_id in known
    }


def _option(choice: Choice, labels: dict[uuid.UUID, str]) -> AdvisedCarOut:
    return AdvisedCarOut(
        rank=choice.rank,
        shift_id=str(choice.car.shift_id),
        car_name=choice.car.car_name,
        nurse_name=choice.car.nurse_name,
        arrive_at=Moment(choice.arrive_at),
        travel_s=choice.travel_s,
        distance_m=choice.distance_m,
        travel_source=choice.travel_source,
        late_s=choice.late_s,
        cost=choice.cost,
        terms=TermsOut.of(choice.terms),
        reasons=[AdvisedReasonOut.of(one) for one in choice.reasons],
        second=_second(choice.second) if choice.second is not None else None,
        delays=[
            DelayOut(
                visit_id=str(delay.visit_id),
                label=labels.get(delay.visit_id, ""),
                later_s=delay.later_s,
                new_arrival_at=Moment(delay.new_arrival_at),
                still_in_window=delay.still_in_window,
            )
            for delay in choice.delays
        ],
    )


def _second(second: Second) -> SecondCarOut:
    return SecondCarOut(
        visit_id=str(second.visit_id),
        shift_id=str(second.car.shift_id),
        car_name=second.car.car_name,
        nurse_name=second.car.nurse_name,
        arrive_at=Moment(second.arrive_at),
        reasons=[AdvisedReasonOut.of(one) for one in second.reasons],
    )
