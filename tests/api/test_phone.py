"""What a nurse's phone reads and tells: exactly once, in order, and nothing of another car."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.dispatch import assign, opening
from backend.dispatch.models import Alarm, Visit
from backend.dispatch.rules import Override, OverrideCode, VisitStatus
from backend.people.models import Client
from backend.people.rules import Role
from backend.phone import service
from backend.phone.models import CommandResult, FollowUp, VisitReport
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso, now
from backend.platform.db import reading
from backend.platform.events import EventCounter, EventRow
from backend.platform.uow import unit_of_work
from backend.roster.events import BackupWoken
from backend.roster.models import Shift
from tests import builders, night
from tests.builders import an_id

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app):
    builders.the_partnership()
    return night.a_night()


@pytest.fixture
def nurse(tonight, client_as):
    """A nurse in her car, with her phone."""
    staff = builders.a_nurse(competences=("bladder_catheter",))
    phone = client_as(staff)
    phone.shift = night.a_shift(tonight, staff)
    return phone


@pytest.fixture
def colleague(tonight, client_as):
    """Another nurse in another car."""
    staff = builders.a_nurse(competences=("bladder_catheter",))
    phone = client_as(staff)
    phone.shift = night.a_shift(tonight, staff)
    return phone


def send(phone, visit, *, version=None):
    """The desk sends this phone's car."""
    with unit_of_work(actor=SYSTEM) as uow:
        known = uow.session.get_one(Visit, visit.id)
        assign.assign(
            uow,
            visit.id,
            assignment_id=an_id(),
            shift_id=phone.shift.id,
            expected_version=version or known.version,
            override=Override(OverrideCode.DOCTOR_AGREED, "akkoord", "dr. Smit"),
        )


def a_question(tonight, client=None, **given):
    who = client or builders.a_client()
    return night.a_visit(tonight, who, care_request=night.a_care_request(who), **given)


@pytest.fixture
def visit(tonight, nurse):
    """A blocked catheter, for which this nurse's car was sent."""
    found = a_question(tonight)
    send(nurse, found)
    return found


def command(kind, visit=None, body=None, **given):
    return {
        "id": str(an_id()), "kind": kind, "visit_id": str(visit.id) if visit else None, "happened_at": iso(now()),
        "body": body or {}, **given,
    }  # fmt: skip


def a_report(**given):
    return {
        "report_id": str(an_id()), "parent_id": None, "subjective": "Drukgevoel.", "objective": "Volle blaas.",
        "evaluation": "Verstopte katheter.", "plan": "Gewisseld.", "problem_solved": "yes", **given,
    }  # fmt: skip


def tell(phone, *commands):
    response = phone.post("/api/v1/commands", json={"commands": list(commands)})
    assert response.status_code == 200, response.text
    return response.json["results"]


def feed(phone, after=0, **query):
    response = phone.get("/api/v1/feed", query_string={"after": after, **query})
    assert response.status_code == 200, response.text
    return response.json


def kept(kind, *where):
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(kind).where(*where)))


def status_of(visit):
    return kept(Visit, Visit.id == visit.id)[0].status


# -- the feed ----------------------------------------------------------------------------------------------------


def test_a_phone_gets_all_of_tonight_in_one_piece(nurse, visit):
    page = feed(nurse)
    (event,) = page["events"]
    told = event["visit"]
    assert told["client"]["label"] == "Mw. J. de Groot"
    assert (told["status"], told["complaint"]) == ("assigned", "Katheterzorg / urinewegproblemen")
    assert told["callback"]["number"] == "06 55 50 43 21"
    assert page["shift"]["id"] == str(nurse.shift.id)
    assert page["shift"]["desk_phone"] == "020 555 01 00"
    assert {pathway["id"] for pathway in page["pathways"]} >= {"catheter"}
    assert not page["more"]
    assert not page["reset"]


def test_after_its_cursor_a_phone_hears_only_what_changed(nurse, visit):
    cursor = feed(nurse)["cursor"]
    assert feed(nurse, cursor)["events"] == []
    assert "pathways" not in feed(nurse, cursor)
    tell(nurse, command("accept", visit))
    page = feed(nurse, cursor)
    assert [event["visit"]["status"] for event in page["events"]] == ["accepted"]
    assert page["cursor"] > cursor


def test_a_visit_that_goes_to_another_car_leaves_the_phone(nurse, colleague, visit):
    cursor = feed(nurse)["cursor"]
    send(colleague, visit)
    assert {event["visit_id"]: event["visit"] for event in feed(nurse, cursor)["events"]}[str(visit.id)] is None
    assert feed(colleague)["events"][-1]["visit"]["id"] == str(visit.id)
    assert "Groot" not in nurse.get("/api/v1/feed?after=0").text


def test_a_cancelled_visit_leaves_the_phone(nurse, visit):
    cursor = feed(nurse)["cursor"]
    with unit_of_work(actor=SYSTEM) as uow:
        opening.cancel(uow, visit.id, reason="client belde af")
    assert [event["visit"] for event in feed(nurse, cursor)["events"] if event["visit_id"] == str(visit.id)] == [None]


def test_nothing_of_another_car_is_in_any_page(nurse, colleague, tonight, visit):
    secret = builders.a_client(family_name="Geheimhouder", access_note="via de buren op nummer twaalf")
    theirs = a_question(tonight, secret)
    send(colleague, theirs)
    tell(colleague, command("accept", theirs), command("report", theirs, a_report(subjective="Geheimwoord")))
    pages = [nurse.get(f"/api/v1/feed?after={after}").text for after in range(40)]
    assert not [page for page in pages if "Geheim" in page or str(theirs.id) in page or "twaalf" in page]


def test_a_page_that_is_cut_off_goes_on_where_it_stopped(nurse, tonight):
    with unit_of_work(actor=SYSTEM) as uow:
        uow.record(
            BackupWoken(feed_id=nurse.shift.id, car_name="Auto 1")
        )  # so that the cursor is not zero, which asks for everything
    cursor = feed(nurse)["cursor"]
    visits = [a_question(tonight) for _ in range(4)]
    for one in visits:
        send(nurse, one)
    seen, pages = {}, 0
    while True:
        page = feed(nurse, cursor, limit=1)
        seen |= {event["visit_id"]: event["visit"] for event in page["events"]}
        cursor, pages = page["cursor"], pages + 1
        if not page["more"]:
            break
    assert set(seen) == {str(one.id) for one in visits}
    assert pages >= 4


def test_a_cursor_from_before_a_restored_backup_starts_over(nurse, visit):
    page = feed(nurse, 1_000_000)
    assert page["reset"]
    assert len(page["events"]) == 1
    with reading(SYSTEM) as session:
        epoch = session.scalars(sa.select(EventCounter)).one().epoch
    cursor = feed(nurse)["cursor"]
    assert not feed(nurse, cursor, epoch=str(epoch))["reset"]
    assert feed(nurse, cursor, epoch=str(an_id()))["reset"]
    assert feed(nurse, cursor, shift_id=str(an_id()))["reset"]


def test_who_has_no_shift_holds_no_visits(app, client_as):
    page = feed(client_as(builders.a_nurse()))
    assert (page["shift"], page["events"]) == (None, [])


def test_an_hour_after_the_shift_the_phone_is_told_nothing_any_more(nurse, visit, clock):
    clock.moment = nurse.shift.ends_at + timedelta(minutes=59)
    assert feed(nurse)["shift"] is not None
    clock.moment = nurse.shift.ends_at + timedelta(minutes=61)
    assert feed(nurse)["shift"] is None


def test_a_visit_that_is_done_and_reported_keeps_a_name_and_an_address_only(nurse, tonight):
    client = builders.a_client(alerts=["Bloedverdunners"], access_note="sleutel bij de buren", gp_name="dr. Smit")
    done = a_question(tonight, client)
    send(nurse, done)
    tell(nurse, *[command(step, done) for step in ("accept", "depart", "arrive", "finish")])
    assert feed(nurse)["events"][0]["visit"]["client"]["alerts"] == ["Bloedverdunners"]
    tell(nurse, command("report", done, a_report()))
    told = feed(nurse)["events"][0]["visit"]
    assert told["client"]["label"] == "Mw. J. de Groot"
    assert (told["client"]["alerts"], told["client"]["access_note"], told["client"]["gp"]) == ([], None, None)
    assert (told["callback"], told["look_back"]) == (None, [])
    assert told["report_id"]


def test_what_happened_in_the_last_72_hours_is_on_the_phone(nurse, tonight, visit):
    with reading(SYSTEM) as session:
        client_id = session.get_one(Visit, visit.id).client_id
    tell(nurse, *[command(step, visit) for step in ("accept", "depart", "arrive", "finish")])
    tell(nurse, command("report", visit, a_report(evaluation="Beginnende verstopping.", plan="Gespoeld.")))
    again = a_question(tonight, kept(Client, Client.id == client_id)[0])
    send(nurse, again)
    told = {event["visit_id"]: event["visit"] for event in feed(nurse)["events"]}[str(again.id)]
    assert [past["summary"] for past in told["look_back"]] == ["Beginnende verstopping. Gespoeld."]


# -- commands ----------------------------------------------------------------------------------------------------


def test_the_four_steps_go_forward_and_each_has_a_receipt(nurse, visit):
    answers = tell(nurse, *[command(step, visit) for step in ("accept", "depart", "arrive", "finish")])
    assert [answer["status"] for answer in answers] == ["applied"] * 4
    assert [answer["details"]["status"] for answer in answers] == ["accepted", "under_way", "on_scene", "done"]
    receipts = [answer["receipt"] for answer in answers]
    assert receipts == sorted(receipts)
    assert status_of(visit) is VisitStatus.DONE


def test_the_same_command_twice_has_one_effect_and_one_answer(nurse, visit):
    sent = command("report", visit, a_report())
    first = tell(nurse, sent)
    assert tell(nurse, sent, sent) == first * 2
    assert len(kept(VisitReport)) == 1
    assert nurse.get(f"/api/v1/commands/{sent['id']}").json == first[0]


def test_the_same_command_with_a_newly_measured_clock_is_still_the_same(nurse, visit):
    sent = command("report", visit, a_report(), clock_offset_ms=20)
    assert tell(nurse, sent) == tell(nurse, {**sent, "clock_offset_ms": -4000, "monotonic_ms": 12.5})


def test_the_same_id_with_another_body_is_refused(nurse, visit):
    sent = command("report", visit, a_report())
    tell(nurse, sent)
    (answer,) = tell(nurse, {**sent, "body": a_report(plan="Iets anders.")})
    assert (answer["status"], answer["code"]) == ("refused", "id_reused")
    assert len(kept(VisitReport)) == 1


def test_an_id_that_a_colleague_used_is_refused_without_a_word_about_her(nurse, colleague, tonight, visit):
    theirs = a_question(tonight)
    send(colleague, theirs)
    sent = command("report", theirs, a_report(plan="Geheim."))
    tell(colleague, sent)
    (answer,) = tell(nurse, {**sent, "visit_id": str(visit.id)})
    assert (answer["status"], answer["code"], answer["details"]) == ("refused", "id_reused", {})
    assert nurse.get(f"/api/v1/commands/{sent['id']}").status_code == 404
    (again,) = tell(nurse, command("report", visit, {**sent["body"]}))
    assert again["code"] == "id_reused"


@pytest.mark.parametrize(
    "poison",
    [
        {"kind": "fly"},
        {"happened_at": "straks"},
        {"body": {"subjective": ["lijst"]}},
        {"id": "geen-id"},
        {"extra": 1},
        {"visit_id": None},
        {"body": None},
    ],
)
def test_a_poison_item_is_refused_and_what_comes_after_it_goes_on(nurse, visit, poison):
    bad = {**command("report", visit, a_report()), **poison}
    refused, applied = tell(nurse, bad, command("report", visit, a_report()))
    assert refused["status"] == "refused"
    assert refused["code"] in ("invalid",)
    assert refused["id"] == bad["id"]
    assert applied["status"] == "applied"


@pytest.mark.parametrize("raw", [None, 7, "x", [], [[]], {}, {"id": None}])
def test_an_item_that_is_no_command_at_all_is_refused_by_itself(nurse, visit, raw):
    refused, applied = tell(nurse, raw, command("report", visit, a_report()))
    assert (refused["status"], applied["status"]) == ("refused", "applied")


def test_a_command_that_breaks_us_is_refused_and_what_comes_after_it_goes_on(nurse, visit, monkeypatch):
    real = service.report
    broken = a_report()

    def breaks(uow, **given):
        if str(given["content"].report_id) == broken["report_id"]:
            real(uow, **given)
            raise ZeroDivisionError
        return real(uow, **given)

    monkeypatch.setattr(service, "report", breaks)
    sent = command("report", visit, broken)
    refused, applied = tell(nurse, sent, command("report", visit, a_report()))
    assert (refused["status"], refused["code"], applied["status"]) == ("refused", "could_not_apply", "applied")
    assert len(kept(VisitReport)) == 1
    monkeypatch.setattr(service, "report", real)
    assert tell(nurse, sent)[0]["status"] == "applied"  # nothing of it was kept, so it can be sent again


@pytest.mark.parametrize("days", [-1, 1, -400, 3000])
def test_no_clock_is_ever_refused(nurse, visit, days):
    moment = now() + timedelta(days=days)
    answers = tell(nurse, *[{**command(step, visit), "happened_at": iso(moment)} for step in ("accept", "arrive")])
    assert [answer["status"] for answer in answers] == ["applied", "applied"]
    (row,) = kept(Visit, Visit.id == visit.id)
    assert row.arrived_at <= now()
    assert row.arrived_at >= row.accepted_at


def test_a_measured_offset_puts_the_phones_time_right(nurse, visit, clock):
    clock.advance(minutes=10)
    behind = now() - timedelta(hours=26)
    tell(nurse, {**command("accept", visit), "happened_at": iso(behind), "clock_offset_ms": 25.9 * 3_600_000})
    (row,) = kept(Visit, Visit.id == visit.id)
    assert now() - row.accepted_at == timedelta(hours=0.1)


def test_a_late_accept_of_a_withdrawn_visit_is_refused_and_the_desk_hears_of_it(nurse, visit):
    with unit_of_work(actor=SYSTEM) as uow:
        assign.withdraw(uow, visit.id, reason="andere auto dichterbij")
    (answer,) = tell(nurse, command("accept", visit))
    assert (answer["status"], answer["code"]) == ("refused", "visit_withdrawn")
    assert status_of(visit) is VisitStatus.OPEN
    assert [row.payload["refusal"] for row in kept(EventRow, EventRow.name == "CommandRefused")] == ["visit_withdrawn"]


def test_being_there_is_kept_even_when_the_visit_was_withdrawn(nurse, visit):
    with unit_of_work(actor=SYSTEM) as uow:
        assign.withdraw(uow, visit.id, reason="andere auto dichterbij")
    (answer,) = tell(nurse, command("arrive", visit))
    assert (answer["status"], answer["details"]["is_late"]) == ("applied", True)
    assert status_of(visit) is VisitStatus.OPEN
    assert len(kept(EventRow, EventRow.name == "LateFactKept")) == 1


@pytest.mark.parametrize("what", ["withdrawn", "cancelled", "reassigned"])
def test_a_report_is_accepted_whatever_happened_to_the_visit_meanwhile(nurse, colleague, visit, what):
    with unit_of_work(actor=SYSTEM) as uow:
        if what == "withdrawn":
            assign.withdraw(uow, visit.id, reason="anders")
        if what == "cancelled":
            opening.cancel(uow, visit.id, reason="afgebeld")
    if what == "reassigned":
        send(colleague, visit)
    (answer,) = tell(nurse, command("report", visit, a_report(subjective="Ik was er al.")))
    assert (answer["status"], answer["details"]["is_late"]) == ("applied", True)
    assert [report.subjective for report in kept(VisitReport)] == ["Ik was er al."]
    (told,) = kept(EventRow, EventRow.name == "VisitReported")
    assert told.payload["is_late"] is True


def test_a_report_on_a_visit_that_was_never_hers_is_no_visit_of_hers(nurse, colleague, tonight):
    theirs = a_question(tonight)
    send(colleague, theirs)
    foreign, unknown = tell(
        nurse,
        command("report", theirs, a_report()),
        {**command("report", theirs, a_report()), "visit_id": str(an_id())},
    )
    assert foreign["code"] == unknown["code"] == "not_found"
    assert foreign["details"] == unknown["details"]
    assert not kept(VisitReport)


def test_two_writers_on_one_visit_are_both_kept(nurse, colleague, visit):
    tell(nurse, command("report", visit, first := a_report(plan="Eerste.")))
    send(colleague, visit)
    tell(colleague, command("report", visit, a_report(plan="Van de collega.", parent_id=first["report_id"])))
    tell(nurse, command("report", visit, a_report(plan="Van haarzelf.", parent_id=first["report_id"])))
    reports = sorted(kept(VisitReport), key=lambda report: report.version)
    assert [(report.version, report.plan) for report in reports] == [
        (1, "Eerste."),
        (2, "Van de collega."),
        (3, "Van haarzelf."),
    ]
    told = sorted(kept(EventRow, EventRow.name == "VisitReported"), key=lambda row: row.seq)
    assert [row.payload["is_fork"] for row in told] == [False, False, True]


def test_two_reports_at_the_same_moment_have_two_versions(app, nurse, colleague, visit):
    send(colleague, visit)
    phones = (nurse, colleague, nurse, colleague)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda phone: tell(phone, command("report", visit, a_report())), phones))
    assert sorted(answer["details"]["version"] for (answer,) in answers) == [1, 2, 3, 4]


def test_the_same_report_under_another_command_is_already_there(nurse, visit):
    body = a_report()
    tell(nurse, command("report", visit, body))
    (again,) = tell(nurse, command("report", visit, body))
    assert again["status"] == "applied"
    assert len(kept(VisitReport)) == 1
    assert len(kept(EventRow, EventRow.name == "VisitReported")) == 1


def test_an_impossible_measurement_is_kept_and_marked_and_the_report_accepted(nurse, visit):
    measured = [
        {"code": "temperature", "value": "371", "unit": "°C"},
        {"code": "pain", "value": 7, "unit": ""},
        {"code": "blood_pressure", "value": "120/80", "unit": "mmHg"},
    ]
    (answer,) = tell(nurse, command("report", visit, a_report(measurements=measured)))
    assert answer["details"]["implausible"] == ["temperature"]
    (report,) = kept(VisitReport)
    assert [(one["value"], one["flag"]) for one in report.measurements] == [
        ("371", "implausible"),
        ("7", "abnormal"),
        ("120/80", "normal"),
    ]


def test_a_reserved_procedure_without_an_order_is_refused_and_nothing_is_kept(nurse, visit):
    done = [{"code": "bladder_catheter", "text": "Katheter gewisseld (CH 16)", "order_source": None}]
    (answer,) = tell(nurse, command("report", visit, a_report(procedures=done)))
    assert (answer["status"], answer["code"]) == ("refused", "order_source_missing")
    assert answer["details"]["procedures"] == ["bladder_catheter"]
    assert not kept(VisitReport)
    done[0]["order_source"] = "standing"
    assert tell(nurse, command("report", visit, a_report(procedures=done)))[0]["status"] == "applied"


def test_a_follow_up_has_an_owner_and_a_time(nurse, visit):
    due = iso(now() + timedelta(hours=8))
    action = {"id": str(an_id()), "text": "Urine nakijken", "due_at": due, "owner": "own_organisation"}
    tell(nurse, command("report", visit, a_report(follow_ups=[{**action, "priority": "high"}])))
    (kept_action,) = kept(FollowUp)
    assert (kept_action.text, kept_action.owner, iso(kept_action.due_at)) == ("Urine nakijken", "own_organisation", due)


def test_a_position_comes_along_with_a_step_and_an_older_one_never_replaces_it(nurse, visit, clock):
    clock.advance(minutes=5)
    place = {"lat": 52.37, "lon": 4.85, "accuracy_m": 12}
    tell(nurse, command("depart", visit, position=place))
    older = {**command("position", position={**place, "lat": 50.0}), "happened_at": iso(now() - timedelta(minutes=3))}
    assert tell(nurse, older)[0]["status"] == "applied"
    (shift,) = kept(Shift, Shift.id == nurse.shift.id)
    assert shift.last_lat == 52.37


def test_the_nurses_alarm_reaches_the_desk(nurse, visit):
    (answer,) = tell(nurse, command("alarm", visit, {"note": "Agressieve hond"}))
    assert answer["status"] == "applied"
    assert [(alarm.kind, alarm.note) for alarm in kept(Alarm)] == [("nurse_alarm", "Agressieve hond")]


def test_answers_are_kept_35_days(nurse, visit, clock):
    sent = command("report", visit, a_report())
    tell(nurse, sent)
    for days, left in ((34, 1), (36, 0)):
        with unit_of_work(actor=SYSTEM, now=now() + timedelta(days=days)) as uow:
            service.purge_results(uow)
        assert len(kept(CommandResult)) == left


def test_only_a_nurse_has_a_feed_and_commands(client_as):
    for role in (Role.TRIAGIST, Role.TEAM_MANAGER, Role.ADMIN):
        browser = client_as(role)
        assert browser.get("/api/v1/feed").status_code == 403
        assert browser.post("/api/v1/commands", json={"commands": []}).status_code == 403


def test_a_phone_is_rung_only_through_a_known_push_service(nurse):
    keys = {"p256dh": "x" * 87, "auth": "y" * 22}
    for endpoint, status in (
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", 204),
        ("http://127.0.0.1:9/abc", 422),
        ("https://push.example.org/abc", 422),
    ):
        response = nurse.post("/api/v1/push-subscriptions", json={"endpoint": endpoint, "keys": keys})
        assert response.status_code == status, endpoint
    gone = nurse.delete(
        "/api/v1/push-subscriptions", json={"endpoint": "https://updates.push.services.mozilla.com/wpush/v2/abc"}
    )
    assert gone.status_code == 204
    assert nurse.get("/api/v1/push-key").json["public_key"]


# --- who comes along -------------------------------------------------------------------------------------------------


def test_two_nurses_at_one_door_each_read_who_comes_along_and_when(nurse, colleague, tonight):
    mine, hers = (
        night.a_visit(tonight, builders.a_client(), double_id=tonight.id, part=part, cars_needed=2) for part in (1, 2)
    )
    send(nurse, mine)
    (event,) = [one for one in feed(nurse)["events"] if one["visit"]]
    assert event["visit"]["partner"] is None  # nobody else was sent yet
    cursor = feed(nurse)["cursor"]
    send(colleague, hers)
    (news,) = feed(nurse, cursor)["events"]  # her phone hears of it, though nothing about her own route changed
    told = news["visit"]["partner"]
    assert set(told) == {"car_name", "nurse_name", "begins_at"}  # of the other car no more than that
    assert told["begins_at"] is not None
    assert [one["visit"]["partner"]["car_name"] for one in feed(colleague)["events"] if one["visit"]] != [
        told["car_name"]
    ]


def test_the_phone_shows_the_next_break_until_it_is_over(nurse, clock):
    rest = night.a_break(nurse.shift, planned_at=clock() + timedelta(hours=1))
    assert feed(nurse)["shift"]["rest"] == {
        "from_at": iso(rest.planned_at), "until_at": iso(rest.planned_at + timedelta(minutes=30))
    }  # fmt: skip
    clock.advance(hours=2)
    assert feed(nurse)["shift"]["rest"] is None
