"""Filling the house from the command line: all of a file or nothing, and as often as one likes."""

import time
from datetime import date

import pytest
import sqlalchemy as sa

from backend.people.events import ClientChanged
from backend.people.models import Address, Client, Organisation, PostcodeArea, Region, Staff
from backend.people.places import rules
from backend.people.rules import FundingLaw, OrganisationKind, Precision, Role
from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from backend.platform.events import EventRow
from tests import builders


@pytest.fixture
def flask(app):
    """Run a command: `flask("people", "import", ...)`."""
    runner = app.test_cli_runner()

    def run(*words):
        return runner.invoke(args=[str(word) for word in words])

    return run


@pytest.fixture
def a_file(tmp_path):
    def write(*lines, name="bestand.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\n".join(lines).encode(encoding))
        return path

    return write


def all_of(kind):
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(kind)))


def events(name):
    return [row for row in all_of(EventRow) if row.name == name]


# --- gazetteers --------------------------------------------------------------------------------

ADDRESSES = (
    "postcode,huisnummer,straat,plaats,lat,lon",
    "8261AB,1,Oudestraat,Kampen,52.5560,5.9110",
    "8261AB,2 bis,Oudestraat,Kampen,52.5562,5.9112",
    "8271BV,20;21,Markeresplein,IJsselmuiden,52.5652,5.9291",
)


def test_a_file_of_addresses_is_taken_in_and_gives_its_areas_a_middle(flask, a_file):
    result = flask("gazetteer", "import", a_file(*ADDRESSES))
    assert result.exit_code == 0
    assert "4 nieuw, 0 gewijzigd, 0 ongewijzigd" in result.output
    assert {(a.postcode, a.house_number, a.addition) for a in all_of(Address)} == {
        ("8261AB", 1, ""),
        ("8261AB", 2, "BIS"),
        ("8271BV", 20, ""),
        ("8271BV", 21, ""),
    }
    areas = {area.pc4: area for area in all_of(PostcodeArea)}
    assert (areas["8261"].place, areas["8261"].lat, areas["8261"].is_estimated) == ("Kampen", 52.5561, True)


def test_the_same_file_again_changes_nothing_and_a_moved_door_is_updated(flask, a_file):
    flask("gazetteer", "import", a_file(*ADDRESSES))
    assert "0 nieuw, 0 gewijzigd, 4 ongewijzigd" in flask("gazetteer", "import", a_file(*ADDRESSES)).output
    moved = [line.replace("52.5560", "52.5570") for line in ADDRESSES]
    assert "0 nieuw, 1 gewijzigd, 3 ongewijzigd" in flask("gazetteer", "import", a_file(*moved)).output
    assert len(all_of(Address)) == 4


def test_a_list_of_areas_takes_the_place_of_estimated_middles_and_keeps_the_regions(flask, a_file):
    flask("gazetteer", "import", a_file(*ADDRESSES))
    flask("regions", "set", "Kampen", "--postcodes", "8261,8271")
    flask("gazetteer", "import", a_file("pc4,plaats,buurt,lat,lon", "8261,Kampen,Binnenstad,52.5600,5.9100"))
    area = next(area for area in all_of(PostcodeArea) if area.pc4 == "8261")
    assert (area.lat, area.neighbourhood, area.is_estimated) == (52.56, "Binnenstad", False)
    assert area.region_id is not None
    flask("gazetteer", "import", a_file(*ADDRESSES))
    assert next(area for area in all_of(PostcodeArea) if area.pc4 == "8261").lat == 52.56


def test_one_bad_line_and_nothing_of_the_file_is_kept(flask, a_file):
    result = flask("gazetteer", "import", a_file(*ADDRESSES, "8261SS,1,Straat,Kampen,52.5,5.9"))
    assert result.exit_code != 0
    assert "regel 5: ‘8261SS’ is geen postcode" in result.stderr
    assert "niets opgeslagen" in result.stderr
    assert all_of(Address) == []


def test_bad_lines_can_be_skipped_when_one_says_so(flask, a_file):
    result = flask("gazetteer", "import", a_file(*ADDRESSES, "8261SS,1,Straat,Kampen,52.5,5.9"), "--skip-bad")
    assert result.exit_code == 0
    assert "1 overgeslagen" in result.output
    assert len(all_of(Address)) == 4


def test_nothing_is_kept_when_an_import_breaks_half_way(flask, a_file, monkeypatch):
    from backend.people.places import gazetteer

    def broken(*_):
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(gazetteer, "place_clients_better", broken)
    assert flask("gazetteer", "import", a_file(*ADDRESSES)).exit_code != 0
    assert all_of(Address) == []
    assert all_of(PostcodeArea) == []


def test_a_file_that_is_no_gazetteer_is_refused_in_plain_words(flask, a_file):
    result = flask("gazetteer", "import", a_file("naam,leeftijd", "Jan,3"))
    assert result.exit_code == 1
    assert "Niet gelukt: Er is geen kolom met coördinaten" in result.stderr


def test_clients_that_were_only_known_roughly_move_to_their_door_and_a_pin_stays(flask, a_file):
    place = {"postcode": "8261AB", "house_number": 1, "addition": "", "lat": 52.5, "lon": 5.9}
    rough = builders.a_client(**place, precision=Precision.PC4)
    pinned = builders.a_client(**place, precision=Precision.PINNED)
    assert "1 cliënt staat nu nauwkeuriger op de kaart" in flask("gazetteer", "import", a_file(*ADDRESSES)).output
    clients = {client.id: client for client in all_of(Client)}
    assert (clients[rough.id].precision, clients[rough.id].lat) == (Precision.ADDRESS, 52.556)
    assert (clients[pinned.id].precision, clients[pinned.id].lat) == (Precision.PINNED, 52.5)
    assert [event.subject_id for event in events("ClientChanged")] == [rough.id]


def test_who_hears_of_a_moved_client_finds_the_new_place(app, flask, a_file, monkeypatch):
    builders.a_client(postcode="8261AB", house_number=1, addition="", precision=Precision.PC4, lat=52.5)
    heard = []
    monkeypatch.setitem(
        app.extensions["nachtronde"].reactions,
        ClientChanged,
        (lambda uow, event: heard.append(uow.session.get(Client, event.subject_id).lat),),
    )
    flask("gazetteer", "import", a_file(*ADDRESSES))
    assert heard == [52.556]


def test_the_table_of_amsterdam_is_an_ordinary_gazetteer_file(flask):
    path = rules.__file__.replace("rules.py", "amsterdam.csv")
    assert flask("gazetteer", "import", path).exit_code == 0
    areas = {area.pc4: area.neighbourhood for area in all_of(PostcodeArea)}
    assert areas["1056"] == "De Krommert en Geuzenbuurt"


def test_the_addresses_of_a_whole_town_take_seconds(flask, shared):
    begun = time.monotonic()
    result = flask("gazetteer", "import", shared / "data" / "kampen-adressen.csv")
    assert result.exit_code == 0
    # a generous ceiling: an import that asks the database line by line takes minutes
    assert time.monotonic() - begun < 60
    with reading(SYSTEM) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Address)) > 25_000
    assert flask("gazetteer", "import", shared / "data" / "pc4-nl.csv").exit_code == 0
    result = flask("regions", "set", "Kampen", "--postcodes", "8261-8267,8271")
    assert result.output.splitlines() == [
        "Kampen (KAM): 8261-8267, 8271",
        "Elk postcodegebied dat we bedienen hoort bij precies één regio.",
    ]


# --- clients -----------------------------------------------------------------------------------

HEADING = "clientnummer;achternaam;voorletters;geslacht;geboortedatum;huisnummer;postcode;wet"
GROOT = "K1;de Groot;j;v;3-5-1941;1;8261 ab;zvw"
VIS = "K2;Vis;p;m;1-2-1950;2bis;8261AB;wlz"


@pytest.fixture
def linde(app):
    return builders.an_organisation(name="Thuiszorg De Linde", short_name="Linde")


def test_a_dry_run_shows_what_would_change_and_changes_nothing(flask, a_file, linde):
    flask("gazetteer", "import", a_file(*ADDRESSES, name="adressen.csv"))
    result = flask("people", "import", "clients", a_file(HEADING, GROOT, VIS), "--organisation", "linde", "--dry-run")
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "+ K1  de Groot, 8261AB",
        "+ K2  Vis, 8261AB",
        "2 nieuw, 0 gewijzigd, 0 ongewijzigd, 0 niet meer in het bestand.",
        "Op de kaart: 2 op het adres.",
        "Dit was een proef: er is niets veranderd.",
    ]
    assert all_of(Client) == []


def test_clients_are_taken_in_with_their_place_on_the_map(flask, a_file, linde):
    flask("gazetteer", "import", a_file(*ADDRESSES, name="adressen.csv"))
    assert flask("people", "import", "clients", a_file(HEADING, GROOT), "--organisation", linde.id).exit_code == 0
    (client,) = all_of(Client)
    assert (client.organisation_id, client.client_number, client.label) == (linde.id, "K1", "Mw. J. de Groot")
    assert (client.birth_date, client.funding_law) == (date(1941, 5, 3), FundingLaw.ZVW)
    assert (client.precision, client.lat, client.street, client.city) == (
        Precision.ADDRESS,
        52.556,
        "Oudestraat",
        "Kampen",
    )
    assert events("ClientsImported")[0].payload["added"] == 1
    assert "opdrachtregel" in events("ClientAdded")[0].actor_name


def test_the_same_file_again_changes_nothing(flask, a_file, linde):
    flask("gazetteer", "import", a_file(*ADDRESSES, name="adressen.csv"))
    path = a_file(HEADING + ";straat;plaats", GROOT + ";;", VIS + ";;")
    flask("people", "import", "clients", path, "--organisation", "Linde")
    result = flask("people", "import", "clients", path, "--organisation", "Linde")
    assert "0 nieuw, 0 gewijzigd, 2 ongewijzigd, 0 niet meer in het bestand." in result.output
    assert events("ClientChanged") == []


def test_a_newer_file_shows_field_by_field_what_changes_and_who_left(flask, a_file, linde):
    flask("people", "import", "clients", a_file(HEADING, GROOT, VIS), "--organisation", "Linde")
    newer = a_file(HEADING, GROOT.replace("zvw", "wlz"))
    result = flask("people", "import", "clients", newer, "--organisation", "Linde")
    assert result.output.splitlines() == [
        "~ K1  Mw. J. de Groot",
        "    wet: zvw → wlz",
        "- K2  Dhr. P. Vis (blijft staan)",
        "0 nieuw, 1 gewijzigd, 0 ongewijzigd, 1 niet meer in het bestand.",
        "Ingelezen.",
    ]
    assert {client.client_number: client.is_active for client in all_of(Client)} == {"K1": True, "K2": True}
    flask("people", "import", "clients", newer, "--organisation", "Linde", "--deactivate-left")
    assert {client.client_number: client.is_active for client in all_of(Client)} == {"K1": True, "K2": False}
    flask("people", "import", "clients", a_file(HEADING, VIS), "--organisation", "Linde")
    assert {client.client_number: client.is_active for client in all_of(Client)} == {"K1": True, "K2": True}


def test_one_bad_row_and_nobody_is_taken_in(flask, a_file, linde):
    result = flask(
        "people", "import", "clients", a_file(HEADING, GROOT, "K3;;;;31-2-1941;x;1;"), "--organisation", "linde"
    )
    assert result.exit_code == 1
    assert "regel 3: achternaam ontbreekt" in result.stderr
    assert "regel 3: geboortedatum: ‘31-2-1941’ bestaat niet als datum" in result.stderr
    assert "er is niets ingelezen" in result.stderr
    assert all_of(Client) == []


def test_the_clients_of_another_organisation_with_the_same_number_are_left_alone(flask, a_file, linde):
    other = builders.a_client(client_number="K1", family_name="Jansen")
    flask("people", "import", "clients", a_file(HEADING, GROOT), "--organisation", "linde")
    names = {client.organisation_id: client.family_name for client in all_of(Client)}
    assert names == {other.organisation_id: "Jansen", linde.id: "de Groot"}


def test_somebody_who_is_known_elsewhere_is_pointed_out(flask, a_file, linde):
    builders.a_client(client_number="Z9", family_name="Vis", birth_date=date(1950, 2, 1))
    result = flask("people", "import", "clients", a_file(HEADING, VIS), "--organisation", "linde", "--dry-run")
    assert "! K2 lijkt op Mw. J. de Vis, Z9" in result.output


def test_a_spreadsheet_in_the_old_code_page_keeps_its_accents(flask, a_file, linde):
    path = a_file(HEADING, GROOT.replace("de Groot", "Brontë"), encoding="cp1252")
    flask("people", "import", "clients", path, "--organisation", "linde")
    assert [client.family_name for client in all_of(Client)] == ["Brontë"]


def test_an_organisation_that_is_not_there_is_refused_with_those_that_are(flask, a_file, linde):
    result = flask("people", "import", "clients", a_file(HEADING, GROOT), "--organisation", "Beuk")
    assert result.exit_code == 1
    assert "er is geen organisatie ‘Beuk’. Wel: Thuiszorg De Linde." in result.stderr


# --- regions, organisations, staff -------------------------------------------------------------


def test_regions_come_from_a_file_and_overlaps_are_refused(flask, a_file):
    flask("gazetteer", "import", a_file(*ADDRESSES))
    result = flask(
        "people", "import", "regions", a_file("regio;code;postcodes", "Kampen;KA;8261", "IJsseldelta;IJ;8260-8271")
    )
    assert result.exit_code == 1
    assert "8261: Kampen en IJsseldelta" in result.stderr
    assert all_of(Region) == []
    result = flask("people", "import", "regions", a_file("regio;code;postcodes", "Kampen;KA;8261", "Delta;IJ;8271"))
    assert result.output.splitlines()[:2] == ["Kampen (KA): 8261", "Delta (IJ): 8271"]


def test_a_taken_area_moves_only_when_one_says_so(flask, a_file):
    flask("gazetteer", "import", a_file(*ADDRESSES))
    flask("regions", "set", "Kampen", "--postcodes", "8261-8271")
    result = flask("regions", "set", "Delta", "--postcodes", "8271")
    assert result.exit_code == 1
    assert "8271 (Kampen). Met --move gaan ze over." in result.stderr
    assert flask("regions", "set", "Delta", "--postcodes", "8271", "--move").exit_code == 0
    assert flask("regions", "set", "Delta", "--postcodes", "826").exit_code == 1


def test_the_first_administrator_is_made_from_the_command_line_and_logs_in(flask, app):
    flask("people", "set-partnership", "Nachtzorg", "--desk-phone", "038 1")
    flask("people", "add-organisation", "Zorgcentrale", "--kind", "desk")
    runner = app.test_cli_runner()
    words = ["people", "add-staff", "Bo", "--name", "Bo", "--role", "admin", "--organisation", "Zorgcentrale"]
    secret = "een lang wachtwoord"
    result = runner.invoke(args=words, input=f"{secret}\n{secret}\n")
    assert result.exit_code == 0
    assert secret not in result.output
    (staff,) = all_of(Staff)
    assert (staff.login, staff.role) == ("bo", Role.ADMIN)
    answer = app.test_client().post("/api/v1/session", json={"login": "bo", "password": secret})
    assert answer.status_code == 200


def test_an_administrator_cannot_work_for_a_care_organisation(flask):
    flask("people", "add-organisation", "Linde")
    result = flask(
        "people", "add-staff", "bo", "--name", "Bo", "--role", "admin", "--organisation", "linde",
        "--password", "een lang wachtwoord",
    )  # fmt: skip
    assert result.exit_code == 1
    assert "zij werken voor de zorgcentrale" in result.stderr
    assert [one.kind for one in all_of(Organisation)] == [OrganisationKind.CARE]


def test_the_heading_that_the_help_promises_is_the_heading_that_is_read(flask):
    from backend.people.client_file import COLUMNS

    text = flask("people", "import", "clients", "--help").output
    assert [column for column in COLUMNS if column not in " ".join(text.split())] == []
