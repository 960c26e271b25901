"""Writes a letter or an addendum, freezes it, and sees to it that the organisation hears of it."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.handover import rules, wording
from backend.handover.collect import Matter
from backend.handover.events import HandoverMade
from backend.handover.models import Delivery, HandoverEntry, MorningHandover
from backend.handover.rules import Channel, DeliveryStatus
from backend.people.models import Organisation, Partnership
from backend.platform import dutch, mail
from backend.platform.clock import iso, local
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.roster.models import Night
from backend.triage.rules import Urgency


@dataclass(frozen=True)
class Addition:
    """What an addendum is about: a matter as it is now, and the line that told of it before, if any."""

    matter: Matter
    told: Mapping[str, Any] | None = None


def write(uow: UnitOfWork, night: Night, organisation: Organisation, matters: Sequence[Matter]) -> MorningHandover:
    """The letter of the morning itself; without matters it says that there was nothing."""
    bodies = [wording.entry_body(matter, now=uow.now) for matter in matters]
    count = rules.tally(bodies)
    body = _head(uow, night, organisation, matters) | {
        "heading": rules.headline(count),
        "lead": rules.lead(count),
        "figures": rules.figures(count) if not count.is_nil else [],
        "actions": count.actions,
    }
    last = _last_period_end(uow, organisation.id)
    return _keep(
        uow,
        MorningHandover(
            id=new_id(),
            night_id=night.id,
            organisation_id=organisation.id,
            version=1,
            addendum_of=None,
            delta=None,
            period_from=last or min([night.starts_at, *(matter.began_at for matter in matters)]),
            is_nil=count.is_nil,
        ),
        body,
        bodies,
        matters,
    )


def add_to(uow: UnitOfWork, first: MorningHandover, additions: Sequence[Addition]) -> MorningHandover:
    """A new letter beside the first one, with only what is new; the first one stays as it was sent."""
    organisation = uow.session.get_one(Organisation, first.organisation_id)
    night = uow.session.get_one(Night, first.night_id)
    matters = [addition.matter for addition in additions]
    bodies = [wording.entry_body(matter, now=uow.now) for matter in matters]
    for body, addition in zip(bodies, additions, strict=True):
        if addition.told is None:
            body["delta"] = "Deze regel stond nog niet in de overdracht."
            continue
        body["delta"] = wording.delta_in_words(addition.told, body, addition.matter)
        changed = set(rules.changed_lines(addition.told, body))
        for line in body["lines"]:
            line["is_new"] = line["label"] in changed
    known = {action["id"] for addition in additions if addition.told for action in addition.told["actions"]}
    fresh = [a for body in bodies for a in body["actions"] if a["is_yours"] and a["id"] not in known]
    references = dutch.listed([f"{body['client']} ({body['reference'] or 'gepland'})" for body in bodies])
    actions = f", {dutch.counted(len(fresh), 'nieuwe actie', 'nieuwe acties')} voor u" if fresh else ""
    heading = dutch.sentence(f"{dutch.counted(len(bodies), 'aanvulling', 'aanvullingen')}{actions}")
    version = 1 + (
        uow.session.scalar(
            sa.select(sa.func.max(MorningHandover.version)).where(
                MorningHandover.night_id == night.id, MorningHandover.organisation_id == organisation.id
            )
        )
        or 1
    )
    body = _head(uow, night, organisation, matters) | {
        "heading": heading,
        "lead": f"Dit hoort bij de overdracht van de {dutch.night_name(local(night.starts_at))}: {references}.",
        "figures": [],
        "actions": len(fresh),
    }
    return _keep(
        uow,
        MorningHandover(
            id=new_id(),
            night_id=night.id,
            organisation_id=organisation.id,
            version=version,
            addendum_of=first.id,
            delta=" ".join(str(body["delta"]) for body in bodies),
            period_from=first.period_from,
            is_nil=False,
        ),
        body,
        bodies,
        matters,
    )


def _keep(
    uow: UnitOfWork,
    letter: MorningHandover,
    body: dict[str, Any],
    bodies: Sequence[dict[str, Any]],
    matters: Sequence[Matter],
) -> MorningHandover:
    letter.period_to = letter.generated_at = uow.now
    letter.body, letter.content_hash = body, rules.content_hash(body, bodies)
    uow.session.add(letter)
    uow.session.flush()
    for position, (entry, matter) in enumerate(zip(bodies, matters, strict=True), start=1):
        uow.session.add(
            HandoverEntry(
                id=new_id(),
                handover_id=letter.id,
                organisation_id=letter.organisation_id,
                position=position,
                care_request_id=matter.request.id if matter.request is not None else None,
                visit_id=matter.visits[0].id if matter.request is None else None,
                client_id=matter.client.id if matter.client is not None else None,
                urgency=Urgency(entry["urgency"]) if entry["urgency"] else None,
                body=entry,
            )
        )
    _notify(uow, letter)
    uow.record(
        HandoverMade(
            organisation_id=letter.organisation_id,
            handover_id=letter.id,
            version=letter.version,
            is_nil=letter.is_nil,
            is_addendum=letter.addendum_of is not None,
        )
    )
    if not letter.is_nil:
        uow.enqueue(
            "flag_unread_handover",
            {"handover_id": str(letter.id)},
            run_at=uow.now + rules.UNREAD_AFTER,
            key=unread_key(letter.id),
        )
    return letter


def unread_key(handover_id: uuid.UUID) -> str:
    """The outbox key of the question whether anybody has opened this letter."""
    return f"unread:{handover_id}"


def _notify(uow: UnitOfWork, letter: MorningHandover) -> None:
    organisation = uow.session.get_one(Organisation, letter.organisation_id)
    skipped = None
    if not organisation.morning_email:
        skipped = "no_address"
    elif not mail.is_configured():
        skipped = "mail_not_configured"
    delivery = Delivery(
        id=new_id(),
        handover_id=letter.id,
        organisation_id=letter.organisation_id,
        channel=Channel.MAIL,
        status=DeliveryStatus.SKIPPED if skipped else DeliveryStatus.QUEUED,
        note=skipped,
        at=uow.now,
    )
    uow.session.add(delivery)
    if not skipped:
        uow.enqueue("send_handover_notice", {"delivery_id": str(delivery.id)}, key=f"notice:{letter.id}")


def _head(uow: UnitOfWork, night: Night, organisation: Organisation, matters: Sequence[Matter]) -> dict[str, Any]:
    partnership = uow.session.get(Partnership, 1)
    triagists = Counter(matter.decision.decided_by_name for matter in matters if matter.decision is not None)
    return {
        "partnership": partnership.name if partnership else "Nachtzorg",
        "desk_phone": partnership.desk_phone if partnership else None,
        "organisation": organisation.name,
        "night": dutch.night_name(local(night.starts_at)),
        "night_starts_at": iso(night.starts_at),
        "night_ends_at": iso(night.ends_at),
        "triagist": triagists.most_common(1)[0][0] if triagists else None,
        "made_at": iso(uow.now),
        "made_words": _moment_in_words(local(uow.now)),
    }


def _moment_in_words(moment: datetime) -> str:
    return f"{dutch.day_in_words(moment.date())} {moment:%H:%M}"


def _last_period_end(uow: UnitOfWork, organisation_id: uuid.UUID) -> datetime | None:
    return uow.session.scalar(
        sa.select(sa.func.max(MorningHandover.period_to)).where(MorningHandover.organisation_id == organisation_id)
    )
