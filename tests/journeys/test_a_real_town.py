"""Kampen, on its real addresses: from an empty database, by the commands of the manual, to three reported visits."""

import csv
import itertools
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backend.dispatch.models import Visit
from backend.people.models import Client
from backend.people.rules import Precision
from backend.phone.models import VisitReport
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso, local, now
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.roster.models import Night
from tests.journeys.conftest import DESK, PHONE, a_house, skip_unless_built

PASSWORD = "een rustige nacht"
STREETS = ("Burgwal", "Koggesingel", "Dotterbloem")
CALLS = ("Katheter loopt niet meer door.", "Gevallen, komt niet overeind.", "Bloedsuiker is laag, hoe nu verder?")
COMPLAINTS = ("catheter", "fall_trauma_fracture", "diabetes")
SAFE = dict.fromkeys(("airway", "breathing", "circulation", "disability"), "safe")


@pytest.fixture(scope="module")
def house(tmp_path_factory, shared):
    skip_unless_built()
    with a_house(tmp_path_factory.mktemp("kampen"), fill=False) as running:
        yield running


@pytest.fixture(scope="module")
def flask(house):
    """A `flask` command, as an operator types it; what it says comes back."""
    runner = house.app.test_cli_runner()

    def run(*words: object, refuses: bool = False) -> str:
        done = runner.invoke(args=[str(word) for word in words])
        assert (done.exit_code != 0) is refuses, f"{words}: {done.output}"
        return str(done.output)

    return run


@pytest.fixture(scope="module")
def addresses(shared):
    """One real door in each of three streets."""
    with (shared / "data" / "kampen-adressen.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["huisnummer"].isdigit() and row["plaats"] == "Kampen"]
    return [next(row for row in rows if row["straat"] == street) for street in STREETS]


@pytest.fixture(scope="module")
def town(flask, shared, addresses, tmp_path_factory):
    """Everything that has to be there before the first call, made with commands only."""
    said = flask("gazetteer", "import", shared / "data" / "kampen-adressen.csv")
    assert re.search(r"Klaar: 25\.\d{3} nieuw", said)
    flask("regions", "set", "IJsseldelta", "--postcodes", "8261-8267", "--code", "IJ")
    flask("scope-list", "publish")
    flask("people", "set-partnership", "Nachtzorg IJsseldelta", "--desk-phone", "038 555 01 00")
    flask("people", "add-organisation", "Zorgcentrale IJsseldelta", "--short-name", "Centrale", "--kind", "desk")
    flask("people", "add-organisation", "Hanzezorg")
    for login, name, role, organisation in (
        ("noor", "Noor Willems", "triagist", "Centrale"),
        ("fatma", "Fatma Aydın", "nurse", "Centrale"),
        ("hanze", "Henk Bos", "team_manager", "Hanzezorg"),
    ):
        flask(
            "people", "add-staff", login, "--name", name, "--role", role, "--organisation", organisation,
            "--password", PASSWORD,
        )  # fmt: skip
    import_the_clients(flask, tmp_path_factory.mktemp("clients"), addresses)
    flask("fleet", "base", "Standplaats Kampen", "--postcode", addresses[0]["postcode"], "--region", "IJ")
    flask("fleet", "car", 1, "--base", "Standplaats Kampen", "--region", "IJ", "--phone", "06 555 01 00")
    return flask


def import_the_clients(flask, folder, addresses) -> None:
    """A file with a mistake changes nothing; the corrected one is shown first and then taken in."""
    clients = [
        {
            "clientnummer": f"K{number}",
            "achternaam": name,
            "voorletters": "G.",
            "geslacht": "vrouw",
            "geboortedatum": "03-05-1941",
            "telefoon": "038 555 02 00",
            "postcode": address["postcode"],
            "huisnummer": address["huisnummer"],
            "straat": address["straat"],
            "plaats": address["plaats"],
            "wet": "zvw",
            "toegang": "doet open",
        }
        for number, name, address in zip(itertools.count(1), ("Bakker", "Visscher", "Kanis"), addresses, strict=False)
    ]
    wrong, right = folder / "wrong.csv", folder / "right.csv"
    write(wrong, [*clients[:2], {**clients[2], "geboortedatum": "31-02-1941"}])
    write(right, clients)
    said = flask("people", "import", "clients", wrong, "--organisation", "Hanzezorg", refuses=True)
    assert "regel 4" in said
    assert "er is niets ingelezen" in said
    said = flask("people", "import", "clients", right, "--organisation", "Hanzezorg", "--dry-run")
    assert "3 nieuw" in said
    assert "er is niets veranderd" in said
    said = flask("people", "import", "clients", right, "--organisation", "Hanzezorg")
    assert "3 nieuw" in said
    assert "3 op het adres" in said


def write(path, rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_a_night_in_kampen_on_its_real_addresses(person, town, house, addresses):
    with house.app.app_context():
        an_hour_ago = local(now() - timedelta(hours=1))
    town("fleet", "shift", 1, "--nurse", "fatma", "--from", f"{an_hour_ago:%Y-%m-%dT%H:%M}", "--hours", 7)
    desk = person(DESK, "noor", door="/desk/")
    for name, question, complaint in zip(("Bakker", "Visscher", "Kanis"), CALLS, COMPLAINTS, strict=True):
        take_a_call(Api(desk), name, question, complaint)

    queue = desk.get_by_label("Wat wacht")
    for name in ("Bakker", "Visscher", "Kanis"):
        queue.get_by_role("button", name=re.compile(name)).click()
        detail = desk.get_by_label("Gekozen vraag of bezoek")
        expect(detail.get_by_role("radio").first).to_contain_text("Auto 1 · Fatma Aydın")
        expect(desk.get_by_role("button", name="Stuur auto 1")).to_be_enabled()
        desk.keyboard.press("a")
        expect(queue.get_by_role("button", name=re.compile(name))).to_have_count(0)

    phone = person(PHONE, "fatma", door="/phone/")
    for name in ("Bakker", "Visscher", "Kanis"):
        expect(phone.get_by_text(re.compile(f"Mw. G. {name}")).first).to_be_visible()
    expect(phone.get_by_role("region", name="Nieuw")).to_contain_text(re.compile(f"({'|'.join(STREETS)}) \\d+"))
    expect(phone.get_by_role("region", name="Nieuw")).to_contain_text("Kampen")
    with house.app.app_context(), reading(SYSTEM) as session:
        visits = session.scalars(sa.select(Visit)).all()
        assert {visit.region_id is not None for visit in visits} == {True}
        assert set(session.scalars(sa.select(Client.precision))) == {Precision.ADDRESS}
    drive_and_report(Api(phone), [visit.id for visit in visits])
    expect(phone.get_by_role("heading", name="Alles gedaan")).to_be_visible()

    with house.app.app_context(), reading(SYSTEM) as session:
        assert len(session.scalars(sa.select(VisitReport)).all()) == 3
        night = session.scalars(sa.select(Night)).one()
    Api(desk).post(f"/nights/{night.id}/closure", {})
    manager = person(DESK, "hanze", door="/morning/")
    for name in ("Bakker", "Visscher", "Kanis"):
        expect(manager.get_by_role("article").filter(has_text=name)).to_contain_text("Weer in orde.")


class Api:
    """What a page could ask itself, with the session of whoever sits there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.csrf_token = self.get("/session")["csrf_token"]

    def get(self, path: str):
        answer = self.page.request.get(f"/api/v1{path}")
        assert answer.ok, answer.text()
        return answer.json()

    def post(self, path: str, body):
        headers = {"X-CSRF-Token": self.csrf_token}
        answer = self.page.request.post(f"/api/v1{path}", data=body, headers=headers)
        assert answer.ok, answer.text()
        return answer.json()


def take_a_call(api: Api, name: str, question: str, complaint: str) -> None:
    """Register a call, ask for a proposal, apply the rule that it suggests, and decide that somebody must go."""
    (client,) = api.get(f"/clients?q={name} 826")["clients"]
    request_id = str(new_id())
    caller = {"name": "Buur", "relation": "other", "callback_number": "038 555 03 00", "is_with_client": True}
    about = {"client_id": client["id"], "channel": "phone", "caller": caller, "question": question}
    asked = {**about, "entry_complaint": complaint, "contact_72h_checked": True}
    api.post("/care-requests", {"id": request_id, **asked})
    answers = {"abcd": SAFE, "answers": {}, "alarm_signals": [], "risk_groups": []}
    proposal = api.post("/urgency-proposals", {"entry_complaint": complaint, "care_request_id": request_id, **answers})
    decision = {
        **answers,
        "id": str(new_id()),
        "proposed_urgency": proposal["proposed_urgency"],
        "final_urgency": "U3",
        "change_reason": {"code": "context", "text": "Alleen thuis"},
        "scope_criterion_id": proposal["suggested_criterion_ids"][0],
        "scope_verdict": "in_scope",
        "outcome": "visit",
        "needs_hands": True,
        "required_competences": [],
        "service_minutes": 30,
        "counterfactual": "gp_post",
    }
    api.post(f"/care-requests/{request_id}/triage-decisions", decision)


def drive_and_report(api: Api, visit_ids) -> None:
    """What her phone would send: the steps of each visit, and a report."""
    for visit_id in visit_ids:
        report = {
            "report_id": str(new_id()), "subjective": "Zij was geschrokken.", "objective": "", "evaluation": "",
            "plan": "Weer in orde.", "measurements": [], "procedures": [], "problem_solved": "yes",
            "needed_after": "none", "safety_net_told": True, "counterfactual": "gp_post", "follow_ups": [],
            "medication_given": [], "incident": False,
        }  # fmt: skip
        bodies = {"accept": {}, "depart": {}, "arrive": {}, "report": report, "finish": {}}
        commands = [
            {"id": str(new_id()), "kind": kind, "visit_id": str(visit_id), "happened_at": iso(now()), "body": body}
            for kind, body in bodies.items()
        ]
        answer = api.post("/commands", {"commands": commands})
        assert {result["status"] for result in answer["results"]} == {"applied"}, answer
