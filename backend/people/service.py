"""What people do with clients: register, correct, pin, merge; and who may see whom for how long."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.people import rules
from backend.people.addresses import Point, is_in_the_netherlands, normalise_pc4, normalise_postcode
from backend.people.events import (
    Changes,
    ClientAdded,
    ClientChanged,
    ClientMerged,
    TreatmentRelationClosed,
    TreatmentRelationOpened,
    differences,
    plain,
)
from backend.people.models import Client, Organisation, Staff, TreatmentRelation
from backend.people.places import queries as places
from backend.people.rules import FundingLaw, Precision
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.uow import UnitOfWork

ADDRESS_FIELDS = ("street", "house_number", "addition", "postcode", "city")


class CannotMerge(DomainError):
    """These two cannot become one client; `reason` says why."""

    code = "cannot_merge"


def register_provisional(
    uow: UnitOfWork, *, client_id: uuid.UUID, organisation_id: uuid.UUID | None = None, **facts: Any
) -> Client:
    """Register somebody of whom we know too little. Sending the same one twice changes nothing."""
    if (known := uow.session.get(Client, client_id)) is not None:
        return known
    if organisation_id is not None and uow.session.get(Organisation, organisation_id) is None:
        raise Invalid({"organisation_id": ["unknown"]})
    facts = _tidy(facts)
    client = Client(id=client_id, organisation_id=organisation_id, is_provisional=True, **facts)
    place(uow, client)
    uow.session.add(client)
    uow.session.flush()
    uow.record(ClientAdded(organisation_id=organisation_id, subject_id=client.id, is_provisional=True))
    return client


def change(uow: UnitOfWork, client_id: uuid.UUID, **facts: Any) -> Client:
    """Correct what we know of a client. Another address means another place on the map."""
    client = _client(uow, client_id)
    apply(uow, client, _tidy(facts))
    return client


def apply(uow: UnitOfWork, client: Client, facts: Mapping[str, Any]) -> Changes:
    """Put tidy facts on a client; records and returns what really changed."""
    changes = differences(client, facts)
    for name in changes:
        setattr(client, name, facts[name])
    if any(name in changes for name in ADDRESS_FIELDS):
        before = (client.precision, client.lat, client.lon)
        place(uow, client, has_moved="postcode" in changes and not facts.get("street"))
        changes |= {
            name: [plain(old), plain(getattr(client, name))]
            for name, old in zip(("precision", "lat", "lon"), before, strict=True)
            if old != getattr(client, name)
        }
    if changes:
        uow.session.flush()
        uow.record(ClientChanged(organisation_id=client.organisation_id, subject_id=client.id, changes=changes))
    return changes


def place(uow: UnitOfWork, client: Client, *, has_moved: bool = False) -> None:
    """Look up where the client's door is. Street and city come from the gazetteer when nobody said them."""
    found = places.locate(uow.session, client.postcode, client.house_number, client.addition or "")
    client.precision = found.precision
    client.lat, client.lon = (found.point.lat, found.point.lon) if found.point else (None, None)
    client.pinned_by = None
    if found.street and (has_moved or not client.street):
        client.street = found.street
    if found.city and (has_moved or not client.city):
        client.city = found.city


def pin(uow: UnitOfWork, client_id: uuid.UUID, *, lat: float, lon: float) -> Client:
    """Put the door on the map by hand; it stays there until the address changes."""
    if not is_in_the_netherlands(Point(lat, lon)):
        raise Invalid({"lat": ["out_of_range"], "lon": ["out_of_range"]})
    client = _client(uow, client_id)
    apply(uow, client, {"lat": lat, "lon": lon, "precision": Precision.PINNED, "pinned_by": uow.actor.staff_id})
    return client


def set_funding_law(uow: UnitOfWork, client_id: uuid.UUID, *, funding_law: FundingLaw) -> Client:
    """Note which law pays."""
    return change(uow, client_id, funding_law=funding_law)


def merge(uow: UnitOfWork, client_id: uuid.UUID, *, into_client_id: uuid.UUID) -> Client:
    """The provisional client turns out to be somebody we know. Merging twice changes nothing.

    Both histories stay; what the later rooms hold moves along with `ClientMerged`.
    """
    source, target = _client(uow, client_id, lock=True), _client(uow, into_client_id)
    if source.merged_into_id == target.id:
        return target
    reason = rules.may_merge(
        source_is_provisional=source.is_provisional and source.merged_into_id is None,
        is_same=source.id == target.id,
        target_is_merged=target.merged_into_id is not None,
    )
    if reason is not None:
        raise CannotMerge(reason=reason)
    source.merged_into_id, source.is_active = target.id, False
    for relation in uow.session.scalars(_running(source.id, uow.now)).all():
        open_treatment_relation(uow, client_id=target.id, staff_id=relation.staff_id, valid_until=relation.valid_until)
        relation.valid_until = uow.now
    uow.session.flush()
    uow.record(ClientMerged(organisation_id=target.organisation_id, subject_id=source.id, into_client_id=target.id))
    return target


# --- who may see whom --------------------------------------------------------------------------


def open_treatment_relation(
    uow: UnitOfWork, *, client_id: uuid.UUID, staff_id: uuid.UUID, valid_until: datetime | None = None
) -> TreatmentRelation:
    """From now on this nurse may see this client. One that runs already is only made to last longer."""
    client = _client(uow, client_id)
    if uow.session.get(Staff, staff_id) is None:
        raise NotFound()
    running = uow.session.scalar(_running(client_id, uow.now).where(TreatmentRelation.staff_id == staff_id).limit(1))
    if running is not None and _ends_no_earlier(running.valid_until, valid_until):
        return running
    if running is None:
        running = TreatmentRelation(
            organisation_id=client.organisation_id, client_id=client_id, staff_id=staff_id, valid_from=uow.now
        )
        uow.session.add(running)
    running.valid_until = valid_until
    uow.session.flush()
    uow.record(
        TreatmentRelationOpened(
            organisation_id=client.organisation_id, subject_id=client_id, staff_id=staff_id, valid_until=valid_until
        )
    )
    return running


def close_treatment_relation(
    uow: UnitOfWork, *, client_id: uuid.UUID, staff_id: uuid.UUID, at: datetime | None = None
) -> None:
    """The nurse may see this client until `at` (now, when not said). Nothing to close is fine."""
    until = max(at or uow.now, uow.now)
    mine = _running(client_id, uow.now).where(TreatmentRelation.staff_id == staff_id)
    for relation in uow.session.scalars(mine).all():
        if relation.valid_until == until:
            continue
        relation.valid_until = until
        uow.session.flush()
        uow.record(
            TreatmentRelationClosed(
                organisation_id=relation.organisation_id, subject_id=client_id, staff_id=staff_id, valid_until=until
            )
        )


def _running(client_id: uuid.UUID, at: datetime) -> sa.Select[TreatmentRelation]:
    return sa.select(TreatmentRelation).where(
        TreatmentRelation.client_id == client_id,
        TreatmentRelation.valid_from <= at,
        sa.or_(TreatmentRelation.valid_until.is_(None), TreatmentRelation.valid_until > at),
    )


def _ends_no_earlier(one: datetime | None, other: datetime | None) -> bool:
    return one is None or (other is not None and one >= other)


# --- shared ------------------------------------------------------------------------------------


def _client(uow: UnitOfWork, client_id: uuid.UUID, *, lock: bool = False) -> Client:
    client = uow.session.get(Client, client_id, with_for_update=lock or None)
    if client is None:
        raise NotFound()
    return client


def _tidy(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as the door let them in, written our way; raises Invalid field by field."""
    tidy = dict(facts)
    errors: dict[str, list[str]] = {}
    if postcode := tidy.get("postcode"):
        tidy["postcode"] = normalise_postcode(postcode) or normalise_pc4(postcode)
        if tidy["postcode"] is None:
            errors["postcode"] = ["invalid"]
    elif "postcode" in tidy:
        tidy["postcode"] = None
    if "initials" in tidy:
        tidy["initials"] = rules.tidy_initials(tidy["initials"])
    for name in ("access_note", "entry_note"):
        if rules.holds_a_code(tidy.get(name)):
            errors[name] = ["holds_a_code"]
    if errors:
        raise Invalid(errors)
    return tidy
