"""The morning: every question and visit in one letter, an answer per line, an addendum for what comes late."""

import re
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.dispatch import assign
from backend.dispatch.models import Visit
from backend.handover import service
from backend.handover.models import Delivery, HandoverEntry, MorningHandover, Receipt
from backend.intake import service as intake
from backend.intake.rules import Call, Caller, CallerRelation
from backend.people.rules import Role
from backend.phone.models import VisitReport
from backend.platform import mail
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso, now
from backend.platform.db import reading
from backend.platform.events import EventRow
from backend.platform.outbox import OutboxJob
from backend.platform.uow import unit_of_work
from backend.platform.worker import run_due
from backend.roster.events import NightOpened
from backend.roster.models import Night
from backend.triage import scope_lists
from backend.triage import service as triage
from tests import builders, night
from tests.builders import an_id

SAFE = dict.fromkeys(("airway", "breathing", "circulation", "disability"), "safe")


@pytest.fixture
def meetlat(app):
    with unit_of_work(actor=SYSTEM) as uow:
        return triage.publish_scope_list(uow, scope_lists.read(scope_lists.EXAMPLE))


class House:
    """A night with two organisations, a desk and a car, in the words of the people in it."""

    def __init__(self, app, client_as, meetlat):
        self.app, self.meetlat = app, meetlat
        builders.the_partnership(name="Nachtzorg Amsterdam")
        self.night = night.a_night()
        self.lindehof = builders.an_organisation(name="De Lindehof", morning_email="ochtend@lindehof.example")
        self.waterrand = builders.an_organisation(name="Waterrand")
        self.desk = client_as(Role.TRIAGIST)
        nurse = builders.a_nurse(name="Jeroen Bos", competences=("bladder_catheter",))
        self.phone = client_as(nurse)
        self.shift = night.a_shift(self.night, nurse)
        self.manager = client_as(builders.a_staff_member(Role.TEAM_MANAGER, self.lindehof, name="Anja Vos"))
        self.stranger = client_as(builders.a_staff_member(Role.TEAM_MANAGER, self.waterrand, name="Piet Kok"))

    def asks(self, client, question="De katheter loopt niet.", **given):
        caller = Caller(callback_number="020 555 12 34", relation=CallerRelation.INFORMAL_CARER)
        whose = {"client_id": client.id} if client else {}
        call = Call(caller=caller, question=question, **{"entry_complaint": "catheter", **whose, **given})
        with unit_of_work(actor=SYSTEM) as uow:
            return intake.register(uow, care_request_id=an_id(), call=call).id

    def rule(self, verdict):
        return next(line for line in self.meetlat.criteria if line.verdict == verdict)

    def decides(self, question, **given):
        body = {
            "id": str(an_id()), "abcd": SAFE, "answers": {}, "final_urgency": "U4", "counterfactual": "gp_post",
            "change_reason": {"code": "context"}, "scope_criterion_id": str(self.rule("in_scope").id),
            "scope_verdict": "in_scope", "outcome": "phone_advice", "advice": "Slang recht leggen.",
            "safety_net": "Bel terug als er niets loopt.", **given,
        }  # fmt: skip
        answer = self.desk.post(f"/api/v1/care-requests/{question}/triage-decisions", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def sends(self, question):
        self.decides(question, outcome="visit", needs_hands=True, service_minutes=30)
        visit = kept(Visit, Visit.care_request_id == question)[0]
        with unit_of_work(actor=SYSTEM) as uow:
            assign.assign(uow, visit.id, assignment_id=an_id(), shift_id=self.shift.id, expected_version=visit.version)
        return visit

    def goes(self, visit, *steps):
        self.tells(*[{"kind": step, "visit_id": str(visit.id)} for step in steps])

    def writes(self, visit, **given):
        body = {
            "report_id": str(an_id()), "subjective": "Veel drang.", "objective": "Volle blaas.",
            "evaluation": "Verstopte katheter.", "plan": "Drinken.", "problem_solved": "yes", **given,
        }  # fmt: skip
        self.tells({"kind": "report", "visit_id": str(visit.id), "body": body})
        return body

    def tells(self, *commands):
        sent = [{"id": str(an_id()), "happened_at": iso(now()), **command} for command in commands]
        results = self.phone.post("/api/v1/commands", json={"commands": sent}).json["results"]
        assert [result["status"] for result in results] == ["applied"] * len(sent), results

    def visits(self, client, **report):
        """A question for which somebody went, and reported."""
        visit = self.sends(self.asks(client))
        self.goes(visit, "accept", "depart", "arrive", "finish")
        self.writes(visit, **report)
        return visit

    def closes(self):
        answer = self.desk.post(f"/api/v1/nights/{self.night.id}/closure")
        assert answer.status_code == 200, answer.text
        return answer.json

    def closes_by_itself(self):
        with unit_of_work(actor=SYSTEM) as uow:
            service.close_night(uow, self.night.id)

    def works(self):
        while run_due(self.app):
            pass


@pytest.fixture
def house(app, client_as, meetlat):
    return House(app, client_as, meetlat)


def kept(kind, *where):
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(kind).where(*where)))


def letters_of(organisation):
    found = kept(MorningHandover, MorningHandover.organisation_id == organisation.id)
    return sorted(found, key=lambda letter: letter.version)


def an_action(**given):
    due = iso(now() + timedelta(hours=8))
    return {"id": str(an_id()), "text": "Urine nakijken", "due_at": due, "owner": "own_organisation", **given}


def lines_of(body):
    return {line["label"]: line["text"] for line in body["lines"]}


# -- closing -----------------------------------------------------------------------------------------------------


def test_the_letter_tells_why_what_was_seen_done_and_agreed_and_what_to_do(house):
    client = builders.a_client(house.lindehof, client_number="40311")
    house.visits(
        client,
        objective="Urine troebel.",
        measurements=[
            {"code": "temperature", "value": "37.1", "unit": "°C"},
            {"code": "pain", "value": 7, "unit": ""},
            {"code": "pain", "value": 2, "unit": ""},
        ],
        procedures=[{"code": "bladder_catheter", "text": "Katheter gewisseld (CH 16)", "order_source": "standing"}],
        follow_ups=[an_action()],
        counterfactual="gp_post",
    )
    house.closes()
    (letter,) = letters_of(house.lindehof)
    assert letter.body["heading"] == "Eén vraag vannacht, één actie voor u"
    assert letter.body["lead"] == "Eén cliënt is bezocht. 112 was niet nodig."
    (entry,) = kept(HandoverEntry, HandoverEntry.handover_id == letter.id)
    said = lines_of(entry.body)
    assert said["Waarom"] == "De katheter loopt niet."
    assert said["Gezien"] == "Urine troebel. Temperatuur 37,1 °C, pijn 7 → 2."
    assert said["Gedaan"] == "Katheter gewisseld (CH 16) op doorlopende opdracht."
    assert said["Afgesproken"] == "Drinken."
    assert said["Anders was"] == "de huisartsenpost gekomen."
    assert entry.body["meta"][:2] == ["03-05-1941", "cliënt 40311"]
    assert entry.body["meta"][-1] == "Jeroen Bos, verpleegkundige"
    assert [action["due_words"] for action in entry.body["actions"]] == ["Vandaag vóór 10:30"]


def test_every_organisation_gets_a_letter_also_when_there_was_nothing(house):
    house.visits(builders.a_client(house.lindehof))
    house.closes()
    (nothing,) = letters_of(house.waterrand)
    assert nothing.is_nil
    assert nothing.body["heading"] == "Een rustige nacht: geen vragen, geen acties voor u"
    (desk_organisation,) = {house.desk.actor.organisation_id}
    assert not kept(MorningHandover, MorningHandover.organisation_id == desk_organisation)


def test_a_no_is_never_a_dead_end(house):
    question = house.asks(builders.a_client(house.lindehof), "Kan er iemand mijn kussens opschudden?")
    rule = house.rule("out_of_scope")
    house.decides(
        question,
        outcome="not_night_care",
        scope_criterion_id=str(rule.id),
        scope_verdict="out_of_scope",
        alternative="Een vast moment in de avond afspreken.",
        counterfactual="own_organisation",
    )
    house.closes()
    (entry,) = kept(HandoverEntry)
    assert lines_of(entry.body)["Meetlat"].startswith(f"Geen nachtzorg volgens de meetlat, regel {rule.number}.")
    (action,) = entry.body["actions"]
    assert (action["text"], action["is_yours"]) == ("Een vast moment in de avond afspreken.", True)


def test_closing_twice_changes_nothing(house):
    house.visits(builders.a_client(house.lindehof))
    first = house.closes()
    again = house.closes()
    assert (len(first["handovers"]) > 1, again["handovers"]) == (True, [])
    assert again["closed_at"] == first["closed_at"]
    assert len(kept(EventRow, EventRow.name == "NightClosed")) == 1


def test_four_who_close_at_the_same_moment_write_one_letter(house):
    house.visits(builders.a_client(house.lindehof))

    def close(_):
        with house.app.app_context(), unit_of_work(actor=SYSTEM) as uow:
            service.close_night(uow, house.night.id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(close, range(4)))
    assert [len(letters_of(one)) for one in (house.lindehof, house.waterrand)] == [1, 1]


def test_a_report_that_arrives_while_the_night_closes_is_told_once(house):
    visits = [house.sends(house.asks(builders.a_client(house.lindehof))) for _ in range(4)]
    words = [f"Gelijktijdig {number}" for number in range(4)]

    def close():
        with house.app.app_context(), unit_of_work(actor=SYSTEM) as uow:
            service.close_night(uow, house.night.id)

    with ThreadPoolExecutor(5) as pool:
        acts = [pool.submit(house.writes, visit, objective=said) for visit, said in zip(visits, words, strict=True)]
        acts.insert(2, pool.submit(close))
        for act in acts:
            act.result()
    house.works()
    told = [str(entry.body["lines"]) for entry in kept(HandoverEntry)]
    assert [sum(said in lines for lines in told) for said in words] == [1, 1, 1, 1]


def test_what_came_between_two_closings_is_in_exactly_one_letter(house, clock):
    clients = [builders.a_client(house.lindehof) for _ in range(4)]
    questions = [house.asks(clients[0])]
    house.decides(questions[0])
    house.closes()
    clock.advance(minutes=20)
    questions += [house.asks(clients[1]), house.asks(clients[2], received_at=now() - timedelta(minutes=40))]
    house.closes()  # the scheduled job, after the desk closed by hand
    clock.advance(hours=23)
    tomorrow = night.a_night()
    questions.append(house.asks(clients[3]))
    house.night = tomorrow
    house.closes_by_itself()
    told = [entry.care_request_id for entry in kept(HandoverEntry)]
    assert sorted(told) == sorted(questions)


def test_a_planned_visit_that_was_not_brought_is_in_the_letter(house, clock):
    client = builders.a_client(house.lindehof)
    night.a_visit(house.night, client, complaint="Insuline", question=None)
    clock.advance(hours=2)
    house.closes()
    (letter,) = letters_of(house.lindehof)
    assert "Eén gepland bezoek is niet gebracht." in letter.body["lead"]
    (entry,) = kept(HandoverEntry)
    assert lines_of(entry.body)["Bezoek"] == "Niet gebracht."


def test_a_planned_visit_whose_time_had_not_come_is_still_to_come(house):
    client = builders.a_client(house.lindehof)
    night.a_visit(house.night, client, complaint="Insuline", question=None, window_start=now() + timedelta(hours=1))
    house.closes()
    assert "nog niet klaar toen de nacht sloot" in letters_of(house.lindehof)[0].body["lead"]


def test_a_question_of_an_unknown_client_is_named_to_the_desk_and_told_later(house, clock):
    question = house.asks(None, location_note="Hoofdweg 214, bij de slager")
    house.decides(
        question,
        outcome="emergency_call",
        final_urgency="U1",
        abcd={**SAFE, "breathing": "unsafe"},
        emergency={"handed_over_at": iso(now()), "handed_over_to": "MKA"},
        counterfactual="ambulance",
    )
    closing = house.closes()
    assert len(closing["without_organisation"]) == 1
    clock.advance(minutes=30)
    client = builders.a_client(house.lindehof)
    answer = house.desk.post(f"/api/v1/care-requests/{question}/client", json={"client_id": str(client.id)})
    assert answer.status_code < 300, answer.text
    with unit_of_work(actor=SYSTEM) as uow:
        addendum = service.add_what_changed(uow, care_request_id=question, visit_id=None)
    assert addendum is not None
    assert addendum.organisation_id == house.lindehof.id
    assert addendum.addendum_of == letters_of(house.lindehof)[0].id


def test_a_provisional_client_that_turns_out_to_be_theirs_is_told_after_all(house, clock):
    nobody = builders.a_client(organisation_id=None, is_provisional=True, family_name="Onbekend", client_number=None)
    visit = house.sends(house.asks(nobody))
    house.goes(visit, "accept", "depart", "arrive", "finish")
    house.writes(visit, objective="Volle blaas.")
    house.closes()
    clock.advance(minutes=30)
    client = builders.a_client(house.lindehof, family_name="Bakker")
    answer = house.desk.post(f"/api/v1/clients/{nobody.id}/merge", json={"into_client_id": str(client.id)})
    assert answer.status_code < 300, answer.text
    house.works()
    _, addendum = letters_of(house.lindehof)
    (entry,) = kept(HandoverEntry, HandoverEntry.handover_id == addendum.id)
    assert "Bakker" in entry.body["client"]
    assert lines_of(entry.body)["Gezien"] == "Volle blaas."
    assert [report.organisation_id for report in kept(VisitReport)] == [house.lindehof.id]


def test_the_night_closes_by_itself_when_it_ends(house, clock):
    with unit_of_work(actor=SYSTEM) as uow:
        opened = NightOpened(night_id=house.night.id, starts_at=house.night.starts_at, ends_at=house.night.ends_at)
        service.schedule_closing(uow, opened)
        service.schedule_closing(uow, opened)
    house.works()
    assert not kept(MorningHandover)
    clock.moment = house.night.ends_at
    house.works()
    assert len(letters_of(house.waterrand)) == 1
    assert kept(Night, Night.id == house.night.id)[0].closed_at == house.night.ends_at


def test_the_command_line_closes_the_night_that_began_last(house):
    result = house.app.test_cli_runner().invoke(args=["night", "close"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("Gesloten: ")
    assert len(letters_of(house.lindehof)) == 1


def test_only_the_desk_closes_a_night(house):
    for browser in (house.manager, house.phone):
        assert browser.post(f"/api/v1/nights/{house.night.id}/closure").status_code == 403


# -- what comes late ---------------------------------------------------------------------------------------------


def test_a_late_report_becomes_an_addendum_and_the_letter_stays_as_it_was(house, clock):
    visit = house.sends(house.asks(builders.a_client(house.lindehof)))
    house.goes(visit, "accept", "depart", "arrive")
    house.closes()
    before = house.manager.get(f"/api/v1/handovers/{letters_of(house.lindehof)[0].id}").json
    clock.advance(minutes=20)
    house.goes(visit, "finish")
    house.writes(visit, objective="Volle blaas.", follow_ups=[an_action()])
    house.works()
    first, addendum = letters_of(house.lindehof)
    assert (addendum.version, addendum.addendum_of) == (2, first.id)
    assert addendum.delta.startswith("Verslag van Jeroen Bos, ontvangen om 02:50. Nieuw of anders: ")
    assert addendum.body["heading"] == "Eén aanvulling, één nieuwe actie voor u"
    after = house.manager.get(f"/api/v1/handovers/{first.id}").json
    assert (after["entries"], after["content_hash"]) == (before["entries"], before["content_hash"])
    (entry,) = after["addenda"][0]["entries"]
    assert [line["label"] for line in entry["body"]["lines"] if line["is_new"]] >= ["Verteld", "Gezien"]


def test_a_corrected_report_says_that_it_is_one(house):
    client = builders.a_client(house.lindehof)
    visit = house.sends(house.asks(client))
    house.goes(visit, "accept", "depart", "arrive", "finish")
    first = house.writes(visit, plan="Drinken.")
    house.closes()
    house.writes(visit, plan="Drinken en om 10:00 nakijken.", parent_id=first["report_id"])
    house.works()
    _, addendum = letters_of(house.lindehof)
    assert addendum.delta.startswith("Gewijzigd verslag van Jeroen Bos")
    (entry,) = kept(HandoverEntry, HandoverEntry.handover_id == addendum.id)
    assert lines_of(entry.body)["Afgesproken"] == "Drinken en om 10:00 nakijken."


def test_a_report_before_the_close_makes_no_addendum(house):
    house.visits(builders.a_client(house.lindehof))
    house.closes()
    house.works()
    house.works()
    assert len(letters_of(house.lindehof)) == 1


def test_the_job_that_runs_twice_adds_once(house):
    visit = house.sends(house.asks(builders.a_client(house.lindehof)))
    house.closes()
    house.writes(visit)
    for _ in range(2):
        with unit_of_work(actor=SYSTEM) as uow:
            service.add_what_changed(uow, care_request_id=None, visit_id=visit.id)
    assert len(letters_of(house.lindehof)) == 2


def test_a_late_decision_becomes_an_addendum(house):
    question = house.asks(builders.a_client(house.lindehof))
    house.closes()
    (entry,) = kept(HandoverEntry)
    assert "nog niet beoordeeld" in lines_of(entry.body)["Stand"]
    house.decides(question)
    house.works()
    _, addendum = letters_of(house.lindehof)
    assert addendum.delta.startswith("Nieuw besluit van ")


# -- what the organisation answers -------------------------------------------------------------------------------


@pytest.fixture
def letter(house):
    house.visits(builders.a_client(house.lindehof), follow_ups=[an_action()])
    house.closes()
    return letters_of(house.lindehof)[0]


def the_entry(letter):
    return kept(HandoverEntry, HandoverEntry.handover_id == letter.id)[0]


def test_opening_the_page_is_reading_it_once(house, letter, clock):
    assert house.manager.get(f"/morning/{letter.id}", headers={"Sec-Purpose": "prefetch"}).status_code == 200
    assert letters_of(house.lindehof)[0].opened_at is None
    page = house.manager.get(f"/morning/{letter.id}").text
    assert "Geopend door Anja Vos, 02:30." in re.sub("<[^>]+>", "", page)
    clock.advance(minutes=5)
    house.manager.get(f"/morning/{letter.id}")
    opened = letters_of(house.lindehof)[0]
    assert (opened.opened_by, opened.opened_at) == ("Anja Vos", now() - timedelta(minutes=5))
    assert [receipt.status for receipt in kept(Receipt)] == ["read"]
    assert len(kept(EventRow, EventRow.name == "HandoverOpened")) == 1


def test_the_desk_that_looks_has_not_read_it_for_them(house, letter):
    assert house.desk.get(f"/morning/{letter.id}").status_code == 200
    assert letters_of(house.lindehof)[0].opened_at is None


def test_unread_after_a_quarter_the_desk_is_told_once(house, letter, clock):
    clock.advance(minutes=14)
    house.works()
    assert not kept(EventRow, EventRow.name == "HandoverUnread")
    clock.advance(minutes=1)
    house.works()
    house.works()
    assert len(kept(EventRow, EventRow.name == "HandoverUnread")) == 1
    listed = {row["organisation"]["name"]: row for row in house.desk.get("/api/v1/handovers").json["handovers"]}
    assert listed["De Lindehof"]["is_unread"]
    assert not listed["Waterrand"]["is_unread"]  # there was nothing in it
    assert "ongelezen, bel" in house.desk.get("/morning/").text


def test_a_letter_that_was_opened_is_not_unread(house, letter, clock):
    house.manager.get("/morning/")
    clock.advance(minutes=20)
    house.works()
    assert not kept(EventRow, EventRow.name == "HandoverUnread")


def test_an_action_is_taken_over_on_the_page_and_the_page_says_by_whom(house, letter):
    entry = the_entry(letter)
    page = house.manager.get(f"/morning/{letter.id}").text
    form = dict(re.findall(r'name="(receipt_id|action_id)" value="([^"]+)"', page.split("Neem over")[0]))
    sent = {**form, "status": "taken_over", "csrf_token": house.manager.csrf_token}
    for _ in range(2):  # a double click
        answer = house.manager.post(f"/morning/entries/{entry.id}/receipts", data=sent)
        assert answer.status_code == 303
        assert answer.location.endswith(f"/morning/{letter.id}#e-{entry.id}")
    assert len(kept(Receipt, Receipt.status == "taken_over")) == 1
    page = house.manager.get(f"/morning/{letter.id}").text
    assert "Overgenomen door Anja Vos" in page
    assert ">Neem over<" not in page
    listed = house.manager.get("/api/v1/handovers").json["handovers"][0]
    assert (listed["open_actions"], listed["answers"]["taken_over"]) == (0, 1)


def test_the_second_who_takes_over_is_told_who_was_first(house, letter, client_as):
    entry = the_entry(letter)
    colleague = client_as(builders.a_staff_member(Role.TEAM_MANAGER, house.lindehof, name="Bert Smit"))
    url, action = f"/api/v1/handover-entries/{entry.id}/receipts", entry.body["actions"][0]["id"]
    first = house.manager.post(url, json={"id": str(an_id()), "status": "taken_over", "action_id": action})
    second = colleague.post(url, json={"id": str(an_id()), "status": "taken_over", "action_id": action})
    assert (first.status_code, second.status_code, second.json["code"]) == (201, 409, "already_taken_over")
    assert second.json["details"]["by"] == "Anja Vos"


def test_a_question_needs_words_and_is_seen_by_the_desk(house, letter):
    entry = the_entry(letter)
    url = f"/morning/entries/{entry.id}/receipts"
    empty = house.manager.post(url, data={"status": "question", "note": " ", "csrf_token": house.manager.csrf_token})
    assert empty.status_code == 422
    assert "Schrijf op waar het over gaat" in empty.text
    asked = {"status": "question", "note": "Hoeveel kwam eruit?", "csrf_token": house.manager.csrf_token}
    assert house.manager.post(url, data=asked).status_code == 303
    assert "Hoeveel kwam eruit?" in house.manager.get(f"/morning/{letter.id}").text
    assert "Hoeveel kwam eruit?" in house.desk.get("/morning/").text
    (told,) = kept(EventRow, EventRow.name == "HandoverAnswered")
    assert (told.payload["status"], "Hoeveel" in str(told.payload)) == ("question", False)


def test_a_form_without_the_token_of_our_own_page_is_refused(house, letter):
    house.manager.csrf_token = None
    answer = house.manager.post(f"/morning/entries/{the_entry(letter).id}/receipts", data={"status": "read"})
    assert answer.status_code == 403
    assert not kept(Receipt)


def test_what_is_typed_is_shown_as_text_and_never_as_a_page(house, letter):
    entry = the_entry(letter)
    note = "<script>alert(1)</script>"
    house.manager.post(
        f"/api/v1/handover-entries/{entry.id}/receipts", json={"id": str(an_id()), "status": "question", "note": note}
    )
    for browser in (house.manager, house.desk):
        page = browser.get(f"/morning/{letter.id}").text
        assert note not in page
        assert "&lt;script&gt;" in page


# -- who sees what -----------------------------------------------------------------------------------------------


def test_one_organisations_morning_holds_nothing_of_another(house, clock):
    """A word of its own in everything that each organisation has: in no page, list or answer of the other."""
    for organisation, word in ((house.lindehof, "Zilverlinde"), (house.waterrand, "Roerdomp")):
        client = builders.a_client(organisation, family_name=word, client_number=word[:6])
        visit = house.sends(house.asks(client, f"Vraag {word}"))
        house.goes(visit, "accept", "depart", "arrive", "finish")
        house.writes(visit, objective=f"Gezien {word}", follow_ups=[an_action(text=f"Doe {word}")])
        planned = builders.a_client(organisation, family_name=word)
        night.a_visit(house.night, planned, complaint=f"Gepland {word}")
    house.closes()
    for organisation in (house.lindehof, house.waterrand):
        entry = the_entry(letters_of(organisation)[0])
        with unit_of_work(actor=SYSTEM) as uow:
            service.add_what_changed(uow, care_request_id=entry.care_request_id, visit_id=entry.visit_id)
    ids = [letter.id for letter in kept(MorningHandover)]
    for browser, own, foreign in (
        (house.manager, "Zilverlinde", "Roerdomp"),
        (house.stranger, "Roerdomp", "Zilverlinde"),
    ):
        urls = ["/morning/", "/api/v1/handovers", *[f"/morning/{one}" for one in ids]]
        urls += [f"/api/v1/handovers/{one}" for one in ids]
        pages = [browser.get(url).text for url in urls]
        assert not [url for url, page in zip(urls, pages, strict=True) if foreign in page]
        assert own in pages[0]


def test_a_letter_of_another_organisation_does_not_exist(house, letter):
    entry = the_entry(letter)
    for url in (f"/morning/{letter.id}", f"/api/v1/handovers/{letter.id}"):
        theirs, nobodys = house.stranger.get(url), house.stranger.get(url.replace(str(letter.id), str(an_id())))
        assert theirs.status_code == nobodys.status_code == 404
    body = {"id": str(an_id()), "status": "read"}
    assert house.stranger.post(f"/api/v1/handover-entries/{entry.id}/receipts", json=body).status_code == 404
    form = {"status": "read", "csrf_token": house.stranger.csrf_token}
    assert house.stranger.post(f"/morning/entries/{entry.id}/receipts", data=form).status_code == 404
    assert not kept(Receipt)


def test_a_nurse_reads_no_letters(house, letter):
    assert house.phone.get("/morning/").status_code == 403
    assert house.phone.get(f"/api/v1/handovers/{letter.id}").status_code == 403


# -- the page ----------------------------------------------------------------------------------------------------


def test_the_page_says_which_night_it_is_and_stands_without_scripts(house, letter):
    page = house.manager.get("/morning/").text
    assert "nacht van 14 op 15 januari" in page
    assert "Nachtzorg Amsterdam · aan De Lindehof" in page
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/static/js/theme.js">']
    assert not re.findall(r'\sstyle="|\son\w+="', page)
    assert 'aria-label="U4: niet dringend"' in page


def test_an_addendum_stands_on_the_page_of_its_letter(house, clock):
    visit = house.sends(house.asks(builders.a_client(house.lindehof)))
    house.closes()
    clock.advance(minutes=20)
    house.writes(visit, objective="Nu pas opgeschreven.")
    house.works()
    first, addendum = letters_of(house.lindehof)
    answer = house.manager.get(f"/morning/{addendum.id}")
    assert (answer.status_code, answer.location) == (303, f"/morning/{first.id}#a-{addendum.id}")
    page = house.manager.get(f"/morning/{first.id}").text
    assert "Aanvulling van 15 januari 02:50" in page
    assert page.index("Nu pas opgeschreven.") < page.index("Zoals verstuurd om") < page.index("Later aangevuld.")
    assert letters_of(house.lindehof)[1].opened_by == "Anja Vos"


def test_an_action_that_an_addendum_repeats_is_taken_over_once(house):
    visit = house.sends(house.asks(builders.a_client(house.lindehof)))
    house.goes(visit, "accept", "depart", "arrive", "finish")
    first = house.writes(visit, follow_ups=[action := an_action()])
    house.closes()
    house.writes(visit, parent_id=first["report_id"], plan="Gecorrigeerd.", follow_ups=[action])
    house.works()
    body = {"id": str(an_id()), "status": "taken_over", "action_id": action["id"]}
    entry = the_entry(letters_of(house.lindehof)[1])
    assert house.manager.post(f"/api/v1/handover-entries/{entry.id}/receipts", json=body).status_code == 201
    page = house.manager.get("/morning/").text
    assert page.count("Overgenomen door Anja Vos") == 2
    assert ">Neem over<" not in page
    assert {row["open_actions"] for row in house.manager.get("/api/v1/handovers").json["handovers"]} == {0}


def test_earlier_nights_are_listed_with_what_is_left_of_them(house, letter, clock, client_as):
    clock.advance(hours=24)
    house.night = night.a_night()
    house.closes_by_itself()
    page = client_as(builders.a_staff_member(Role.TEAM_MANAGER, house.lindehof)).get("/morning/").text
    assert "Een rustige nacht" in page
    assert f'href="/morning/{letter.id}"' in page
    assert "nog niet geopend" in page


def test_before_the_first_close_the_page_says_when_it_comes(house):
    assert "Er is nog geen overdracht" in house.manager.get("/morning/").text


# -- the notice --------------------------------------------------------------------------------------------------


def test_without_mail_the_notice_is_skipped_and_says_so(house, letter):
    assert {(one.organisation_id, one.status, one.note) for one in kept(Delivery)} >= {
        (house.lindehof.id, "skipped", "mail_not_configured"),
        (house.waterrand.id, "skipped", "no_address"),
    }
    assert "geen mail ingesteld" in house.desk.get("/morning/").text


@pytest.fixture
def mailbox(monkeypatch):
    sent = []
    monkeypatch.setattr(mail, "is_configured", lambda: True)
    monkeypatch.setattr(mail, "send_mail", lambda job: sent.append(job.payload))
    return sent


def test_the_notice_holds_a_link_and_nothing_about_anybody(house, mailbox):
    house.visits(builders.a_client(house.lindehof))
    house.closes()
    house.works()
    (notice,) = mailbox
    letter = letters_of(house.lindehof)[0]
    assert notice["to"] == "ochtend@lindehof.example"
    assert f"/morning/{letter.id}" in notice["text"]
    assert not re.search("Groot|katheter|ZV-|1941", notice["text"] + notice["subject"], re.IGNORECASE)
    assert [(one.status, one.note) for one in kept(Delivery, Delivery.organisation_id == house.lindehof.id)] == [
        ("sent", None)
    ]


def test_a_mail_server_that_is_away_is_tried_again_and_seen(house, mailbox, monkeypatch):
    from backend.platform.outbox import Later

    def away(job):
        raise Later(60, "mail server: OSError")

    monkeypatch.setattr(mail, "send_mail", away)
    house.closes()
    run_due(house.app)
    (delivery,) = kept(Delivery, Delivery.organisation_id == house.lindehof.id)
    assert (delivery.status, delivery.note) == ("failed", "attempt 1: mail server: OSError")
    (job,) = kept(OutboxJob, OutboxJob.kind == "send_handover_notice")
    assert (job.done_at, job.dead_at, job.run_at) == (None, None, now() + timedelta(seconds=60))


def test_the_ids_of_answers_are_made_by_whoever_answers(house, letter):
    url = f"/api/v1/handover-entries/{the_entry(letter).id}/receipts"
    body = {"id": str(uuid.uuid4()), "status": "rejected", "note": "Dit klopt niet."}
    assert [house.manager.post(url, json=body).status_code for _ in range(2)] == [201, 201]
    assert len(kept(Receipt, Receipt.status == "rejected")) == 1


def test_a_planned_visit_of_two_nurses_is_one_line_and_is_told_once(house, clock):
    client, double_id = builders.a_client(house.lindehof), an_id()
    for part in (1, 2):
        night.a_visit(house.night, client, complaint="Tillen", double_id=double_id, part=part, cars_needed=2)
    clock.advance(hours=2)
    house.closes()
    (entry,) = kept(HandoverEntry)
    assert (entry.client_id, entry.care_request_id) == (client.id, None)
    assert "Eén gepland bezoek is niet gebracht." in letters_of(house.lindehof)[0].body["lead"]
    clock.advance(hours=23)
    house.night = night.a_night()
    house.closes_by_itself()
    assert len(kept(HandoverEntry)) == 1
