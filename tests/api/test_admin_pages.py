"""The administrator's pages: who may, what each form does, and that a refusal forgets nothing."""

import html
import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from backend.dispatch.models import Visit
from backend.dispatch.rules import VisitStatus
from backend.people.models import Address, Organisation, Partnership, PostcodeArea, Region, Staff
from backend.people.rules import OrganisationKind, ReservedProcedure, Role
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.roster.models import Car, HomeBase, Night, Shift
from backend.triage import scope_lists
from backend.triage import service as triage
from tests import builders, night

PASSWORD = "een lang genoeg wachtwoord"
IN_A_BROWSER = {"Accept": "text/html"}


def one(model, **given):
    """The only row that looks like this, or None."""
    with reading(SYSTEM) as session:
        return session.scalars(sa.select(model).filter_by(**given)).one_or_none()


def count(model):
    with reading(SYSTEM) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(model))


def send(browser, url, **boxes):
    """Send a form as a browser does: its token in the body, not in a header."""
    form = {
        "csrf_token": browser.csrf_token,
        **{name: str(v) if not isinstance(v, list) else v for name, v in boxes.items()},
    }
    return browser.post(url, data=form, headers={"X-CSRF-Token": "", **IN_A_BROWSER})


def box(page, name):
    """What stands in a box of the page."""
    found = re.search(rf'<(?:input|select)\b[^>]*\bname="{name}"[^>]*>', page.text) or re.search(
        rf'<textarea\b[^>]*\bname="{name}"[^>]*>', page.text
    )
    assert found, f"no box {name}"
    if found[0].startswith("<textarea"):
        return html.unescape(page.text[found.end() :].split("</textarea>")[0]).strip("\n")
    if found[0].startswith("<select"):
        chosen = re.search(r'<option value="([^"]*)" selected', page.text[found.end() :].split("</select>")[0])
        return chosen[1] if chosen else ""
    value = re.search(r'\bvalue="([^"]*)"', found[0])
    return html.unescape(value[1]) if value else ""


def beside(page, name):
    """The sentence below a box that says what is wrong with it."""
    found = re.search(rf'id="{name}-wrong">([^<]*)<', page.text)
    return html.unescape(found[1]) if found else None


def refused(page, status=422):
    assert page.status_code == status, page.text
    assert "Nog niet bewaard." in page.text
    return page


def done(answer, where):
    assert answer.status_code == 303, answer.text
    assert answer.headers["Location"].startswith(where)
    return answer


# --- who may -----------------------------------------------------------------------------------

ONLY_ADMIN = ["", "organisations", "organisations/new", "staff", "staff/new", "regions", "regions/new", "cars",
              "cars/new", "home-bases/new", "travel", "scope-list", "partnership"]  # fmt: skip


@pytest.mark.parametrize("role", [Role.NURSE, Role.TEAM_MANAGER, Role.TRIAGIST])
def test_nobody_but_the_administrator_opens_these_pages(client_as, role):
    browser = client_as(role)
    for page in ONLY_ADMIN:
        answer = browser.get(f"/admin/{page}", headers=IN_A_BROWSER)
        assert answer.status_code == 403, page
        assert "Deze deur is niet voor jou" in answer.text


def test_the_administrator_opens_them_all(admin):
    for page in [*ONLY_ADMIN, "nights"]:
        assert admin.get(f"/admin/{page}", headers=IN_A_BROWSER).status_code == 200, page


def test_whoever_is_not_logged_in_is_sent_to_the_login(client):
    answer = client.get("/admin/staff", headers=IN_A_BROWSER)
    assert answer.headers["Location"].endswith("/login?next=/admin/staff")


def test_the_desk_keeps_tonights_roster_and_planned_visits_and_nothing_more(triagist):
    tonight = night.a_night()
    next_week = night.a_night(starts_at=now() + timedelta(days=7), ends_at=now() + timedelta(days=7, hours=8))
    assert triagist.get("/admin/nights").status_code == 200
    assert "Dienst toevoegen" in triagist.get(f"/admin/nights/{tonight.id}").text
    assert "Dienst toevoegen" not in triagist.get(f"/admin/nights/{next_week.id}").text
    shift = {"id": uuid.uuid4(), "car_id": night.a_car().id, "nurse_id": builders.a_nurse().id,
             "starts_at": "23:00", "ends_at": "07:00"}  # fmt: skip
    assert send(triagist, f"/admin/nights/{next_week.id}/shifts", **shift).status_code == 403
    done(send(triagist, f"/admin/nights/{tonight.id}/shifts", **shift), f"/admin/nights/{tonight.id}")
    assert send(triagist, "/admin/nights", day="2026-01-16", begins="23:00", ends="07:00").status_code == 403


@pytest.mark.parametrize("role", [Role.NURSE, Role.TEAM_MANAGER])
def test_nurses_and_team_managers_do_not_see_the_roster(client_as, role):
    browser = client_as(role)
    tonight = night.a_night()
    assert browser.get("/admin/nights").status_code == 403
    assert browser.get(f"/admin/nights/{tonight.id}").status_code == 403
    assert browser.get(f"/admin/nights/{tonight.id}/visits/new").status_code == 403


def test_a_form_that_was_not_on_our_own_page_does_nothing(admin):
    known = builders.an_organisation(name="Thuiszorg De Linde")
    for url in (f"/admin/organisations/{known.id}", f"/admin/organisations/{known.id}/activity", "/admin/partnership"):
        forged = admin.post(url, data={"name": "Gekaapt", "csrf_token": "geraden"}, headers={"X-CSRF-Token": ""})
        assert forged.status_code == 403
    assert one(Organisation, id=known.id).name == "Thuiszorg De Linde"
    assert one(Organisation, id=known.id).is_active


@pytest.mark.parametrize(
    ("role", "wanted", "where"),
    [
        (Role.ADMIN, "/", "/admin/"),
        (Role.ADMIN, "/desk/", "/desk/"),
        (Role.ADMIN, "/phone/", "/admin/"),
        (Role.TRIAGIST, "/", "/desk/"),
        (Role.TRIAGIST, "/admin/nights", "/admin/nights"),
        (Role.NURSE, "/admin/", "/phone/"),
        (Role.TEAM_MANAGER, "/admin/", "/morning/"),
    ],
)
def test_a_login_leads_to_a_door_of_ones_own(app, client, role, wanted, where):
    from backend.platform import login

    builders.a_staff_member(role, login="ria", password_hash=login.hash_password(PASSWORD))
    answer = client.post("/login", data={"login": "ria", "password": PASSWORD, "next": wanted})
    assert answer.headers["Location"] == where


# --- what needs attention ----------------------------------------------------------------------


def test_an_empty_house_says_where_to_begin(admin):
    page = admin.get("/admin/").text
    for sentence in ("geen naam en geen telefoonnummer", "geen nacht op het rooster", "nog geen auto", "geen meetlat",
                     "nog geen regio"):  # fmt: skip
        assert sentence in page


def test_a_house_in_order_asks_for_nothing(admin):
    builders.the_partnership()
    region = builders.a_region("1055")
    tonight = night.a_night()
    nurse = builders.a_nurse(competences=("bladder_catheter",))
    night.a_shift(tonight, nurse, night.a_car(region))
    with unit_of_work(actor=SYSTEM) as uow:
        triage.publish_scope_list(uow, scope_lists.read(scope_lists.EXAMPLE))
    page = admin.get("/admin/").text
    assert "Niets. Alles staat klaar voor nacht van 14 op 15 januari." in page


def test_competences_that_end_are_announced_sixty_thirty_and_seven_days_before(admin):
    today = date(2026, 1, 15)
    for days, procedure in (
        (-1, "insulin"),
        (5, "infusion"),
        (20, "stoma_care"),
        (50, "wound_care"),
        (90, "injection_sc"),
    ):
        browser_nurse = builders.a_nurse(name=f"Nurse {days}")
        send(admin, f"/admin/staff/{browser_nurse.id}/competences", **{procedure: today + timedelta(days=days)})
    page = admin.get("/admin/").text
    for sentence in ("bekwaamheid is verlopen", "bekwaamheid is binnen 7 dagen voorbij",
                     "bekwaamheid is binnen 30 dagen voorbij", "bekwaamheid is binnen 60 dagen voorbij"):  # fmt: skip
        assert f"Eén {sentence}" in page
    assert "onderhuids injecteren" not in page
    assert "Eén verpleegkundige heeft geen enkele geldige bekwaamheid" in page


def test_a_region_without_a_car_tonight_is_named(admin):
    west = builders.a_region("1055", name="West")
    builders.a_region("1071", name="Zuid")
    night.a_shift(night.a_night(), car=night.a_car(west))
    assert "geen auto in Zuid." in admin.get("/admin/").text


# --- organisations -----------------------------------------------------------------------------


def organisation_form(**given):
    return {"id": uuid.uuid4(), "name": "Thuiszorg De Linde", "short_name": "Linde", "kind": "care", "phone": "020 555",
            "email": "", "morning_email": "ochtend@example.org", **given}  # fmt: skip


def test_an_organisation_joins_and_sending_the_form_twice_adds_it_once(admin):
    form = organisation_form(short_name="")
    done(send(admin, "/admin/organisations/new", **form), "/admin/organisations?said=added")
    done(send(admin, "/admin/organisations/new", **form), "/admin/organisations")
    known = one(Organisation, name="Thuiszorg De Linde")
    assert (known.short_name, known.morning_email, known.email) == ("Thuiszorg De Linde", "ochtend@example.org", None)


def test_a_taken_name_and_a_wrong_address_are_said_beside_their_boxes_and_nothing_is_forgotten(admin):
    builders.an_organisation(name="Thuiszorg De Linde")
    form = organisation_form(name="thuiszorg de linde")
    page = refused(send(admin, "/admin/organisations/new", **form), 409)
    assert beside(page, "name") == "Deze naam is al in gebruik."
    assert all(box(page, name) == str(form[name]) for name in form)
    page = refused(send(admin, "/admin/organisations/new", **organisation_form(name=" ", email="geen adres")))
    assert (beside(page, "name"), beside(page, "email")) == ("Vul dit in.", "Dit is geen e-mailadres.")
    assert box(page, "email") == "geen adres"


def test_an_organisation_changes_its_names(admin):
    known = builders.an_organisation()
    form = organisation_form(name="Nieuwe naam")
    done(send(admin, f"/admin/organisations/{known.id}", **form), f"/admin/organisations/{known.id}?said=changed")
    page = admin.get(f"/admin/organisations/{known.id}?said=changed")
    assert box(page, "name") == "Nieuwe naam"
    assert "Bewaard." in page.text


def test_an_organisation_leaves_and_comes_back(admin):
    known = builders.an_organisation()
    done(send(admin, f"/admin/organisations/{known.id}/activity"), f"/admin/organisations/{known.id}?said=left")
    assert not one(Organisation, id=known.id).is_active
    done(send(admin, f"/admin/organisations/{known.id}/activity", is_active="ja"), "/admin/organisations/")
    assert one(Organisation, id=known.id).is_active


def test_the_desk_of_the_last_administrator_stays(admin):
    desk = admin.actor.organisation_id
    page = refused(send(admin, f"/admin/organisations/{desk}/activity"), 409)
    assert "laatste beheerder" in page.text
    assert box(page, "name") == one(Organisation, id=desk).name
    page = refused(send(admin, f"/admin/organisations/{desk}", **organisation_form(kind="care")))
    assert "horen bij een zorgcentrale" in beside(page, "kind")
    assert one(Organisation, id=desk).kind is OrganisationKind.DESK


# --- staff -------------------------------------------------------------------------------------


def staff_form(organisation, **given):
    return {"id": uuid.uuid4(), "organisation_id": organisation.id, "name": "Fatma Aydın", "role": "nurse",
            "login": "Fatma", "password": PASSWORD, "phone": "06 55 50 12 34", **given}  # fmt: skip


def test_somebody_is_added_and_can_log_in(app, admin, client):
    form = staff_form(builders.an_organisation())
    done(send(admin, "/admin/staff/new", **form), f"/admin/staff/{form['id']}?said=staff_added")
    answer = client.post("/login", data={"login": "fatma", "password": PASSWORD})
    assert answer.headers["Location"] == "/phone/"


@pytest.mark.parametrize(
    ("wrong", "name", "sentence"),
    [
        ({"login": "noor"}, "login", "Deze inlognaam is al van iemand anders."),
        ({"login": "no or"}, "login", "Een inlognaam heeft geen spaties."),
        ({"password": "te kort"}, "password", "Neem minstens 12 tekens."),
        ({"password": ""}, "password", "Bedenk een wachtwoord van minstens 12 tekens."),
        ({"role": "admin"}, "role", "Triagisten en beheerders zien alle organisaties."),
        ({"role": "koning"}, "role", "Dit kennen we niet."),
        ({"organisation_id": ""}, "organisation_id", "Kies een organisatie."),
        ({"organisation_id": uuid.uuid4()}, "organisation_id", "Dit kennen we niet."),
        ({"name": ""}, "name", "Vul dit in."),
    ],
)
def test_a_refused_member_of_staff_is_explained_and_only_the_password_is_forgotten(admin, wrong, name, sentence):
    builders.a_staff_member(login="noor")
    form = staff_form(builders.an_organisation(), **wrong)
    before = count(Staff)
    page = send(admin, "/admin/staff/new", **form)
    assert page.status_code in (409, 422)
    assert beside(page, name).startswith(sentence)
    assert [box(page, one) for one in ("name", "login", "phone")] == [form[one] for one in ("name", "login", "phone")]
    assert box(page, "password") == ""
    assert not form["password"] or form["password"] not in page.text
    assert count(Staff) == before


def test_somebody_changes_and_an_empty_password_stays_what_it_was(admin):
    nurse = builders.a_nurse()
    home = one(Organisation, id=nurse.organisation_id)
    form = staff_form(home, name="Fatma Demir", password="", login="fatma.d")
    done(send(admin, f"/admin/staff/{nurse.id}", **form), f"/admin/staff/{nurse.id}?said=changed")
    known = one(Staff, id=nurse.id)
    assert (known.name, known.login, known.password_hash) == ("Fatma Demir", "fatma.d", nurse.password_hash)
    send(admin, f"/admin/staff/{nurse.id}", **{**form, "password": PASSWORD})
    assert one(Staff, id=nurse.id).password_hash != nurse.password_hash


def test_a_refused_change_of_staff_keeps_what_was_typed(admin):
    nurse = builders.a_nurse()
    form = staff_form(one(Organisation, id=nurse.organisation_id), login="met spatie", name="Andere naam")
    page = refused(send(admin, f"/admin/staff/{nurse.id}", **form))
    assert (box(page, "name"), box(page, "login")) == ("Andere naam", "met spatie")
    assert one(Staff, id=nurse.id).name == nurse.name


def test_whoever_leaves_is_logged_out_and_can_come_back(admin, client_as):
    nurse = builders.a_nurse()
    phone = client_as(nurse)
    done(send(admin, f"/admin/staff/{nurse.id}/activity"), f"/admin/staff/{nurse.id}?said=stopped")
    assert phone.get("/api/v1/session").status_code == 401
    done(send(admin, f"/admin/staff/{nurse.id}/activity", is_active="ja"), f"/admin/staff/{nurse.id}?said=started")
    assert one(Staff, id=nurse.id).is_active


def test_the_last_administrator_cannot_stop(admin):
    page = refused(send(admin, f"/admin/staff/{admin.actor.staff_id}/activity"), 409)
    assert "laatste beheerder" in page.text
    assert box(page, "name") == admin.actor.name


def test_competences_are_set_with_their_last_day_and_an_empty_box_takes_one_away(admin):
    nurse = builders.a_nurse(competences=("insulin", "infusion"))
    url = f"/admin/staff/{nurse.id}/competences"
    done(send(admin, url, bladder_catheter="2027-06-30", insulin="2028-01-01", infusion=""), f"/admin/staff/{nurse.id}")
    page = admin.get(f"/admin/staff/{nurse.id}")
    assert [box(page, name) for name in ("bladder_catheter", "insulin", "infusion")] == ["2027-06-30", "2028-01-01", ""]


def test_a_day_that_does_not_exist_is_said_beside_its_competence(admin):
    nurse = builders.a_nurse(competences=("insulin",))
    page = refused(send(admin, f"/admin/staff/{nurse.id}/competences", bladder_catheter="2027-06-30", insulin="31-31"))
    assert beside(page, "insulin") == "Dit klopt niet. Kijk het na."
    assert (box(page, "insulin"), box(page, "bladder_catheter")) == ("31-31", "2027-06-30")
    assert box(page, "name") == nurse.name


def test_every_procedure_has_a_box_of_its_own(admin):
    page = admin.get(f"/admin/staff/{builders.a_nurse().id}")
    assert [box(page, procedure.value) for procedure in ReservedProcedure] == [""] * len(ReservedProcedure)


def test_the_list_of_staff_narrows_and_shrugs_at_nonsense(admin):
    nurse = builders.a_nurse(name="Fatma Aydın")
    assert "Fatma Aydın" in admin.get(f"/admin/staff?role=nurse&organisation_id={nurse.organisation_id}").text
    assert "Fatma Aydın" not in admin.get("/admin/staff?role=triagist").text
    assert "Fatma Aydın" in admin.get("/admin/staff?role=koning&organisation_id=x").text


# --- regions -----------------------------------------------------------------------------------


def areas(*codes, place="Amsterdam"):
    for pc4 in codes:
        builders.kept(PostcodeArea(pc4=pc4, place=place, lat=52.37, lon=4.86))


def region_form(**given):
    return {"id": uuid.uuid4(), "name": "West", "code": "W", "postcode_areas": "1051-1055, 1061", **given}


def test_a_region_is_drawn_as_people_write_it_and_gaps_are_shown(admin):
    areas("1051", "1053", "1055", "1061", "1063")
    done(send(admin, "/admin/regions/new", **region_form()), "/admin/regions?said=added")
    page = admin.get("/admin/regions")
    assert "1051, 1053, 1055, 1061" in page.text  # of a span only what exists
    assert "Eén gat" in page.text
    assert "Amsterdam: 1063" in page.text
    region = one(Region, name="West")
    send(admin, f"/admin/regions/{region.id}", **region_form(postcode_areas="1051-1069"))
    assert "Sluitend." in admin.get("/admin/regions").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1051, tien", "Dit begrijpen we niet: “tien”."),
        ("1055-1051", "Dit begrijpen we niet: “1055-1051”."),
        ("1051, 9999", "Deze postcodegebieden kennen we niet: 9999."),
        ("  ", "Noem minstens één postcodegebied"),
        (",", "Dit begrijpen we niet"),
    ],
)
def test_areas_that_cannot_be_read_are_named_and_kept(admin, typed, sentence):
    areas("1051")
    page = refused(send(admin, "/admin/regions/new", **region_form(postcode_areas=typed)))
    assert beside(page, "postcode_areas").startswith(sentence)
    assert (box(page, "postcode_areas"), box(page, "name"), box(page, "code")) == (typed, "West", "W")
    assert count(Region) == 0


def test_areas_of_another_region_move_only_on_purpose(admin):
    other = builders.a_region("1051", "1053", name="Centrum", code="C")
    areas("1061")
    form = region_form(postcode_areas="1051, 1061")
    page = refused(send(admin, "/admin/regions/new", **form), 409)
    assert beside(page, "postcode_areas") == "Deze gebieden horen al bij een andere regio: 1051 (Centrum)."
    assert "Haal deze gebieden weg bij Centrum." in page.text
    assert box(page, "postcode_areas") == "1051, 1061"
    assert one(PostcodeArea, pc4="1051").region_id == other.id
    done(send(admin, "/admin/regions/new", **form, may_move="ja"), "/admin/regions")
    assert one(PostcodeArea, pc4="1051").region_id == form["id"]
    assert one(PostcodeArea, pc4="1053").region_id == other.id


def test_a_taken_name_or_code_of_a_region_is_said_beside_it(admin):
    builders.a_region("1051", name="Centrum", code="C")
    areas("1061")
    page = refused(send(admin, "/admin/regions/new", **region_form(name="centrum", postcode_areas="1061")), 409)
    assert beside(page, "name") == "Deze naam is al in gebruik."
    page = refused(send(admin, "/admin/regions/new", **region_form(code="c", postcode_areas="1061")), 409)
    assert beside(page, "code") == "Deze afkorting is al van een andere regio."


def test_a_region_that_is_not_there_cannot_be_changed(admin):
    areas("1061")
    url = f"/admin/regions/{uuid.uuid4()}"
    assert admin.get(url).status_code == 404
    assert send(admin, url, **region_form(postcode_areas="1061")).status_code == 404
    assert send(admin, url, **region_form(postcode_areas="")).status_code == 404


# --- home bases and cars -----------------------------------------------------------------------


def test_a_home_base_lies_at_its_address_in_the_region_of_its_postcode(admin):
    region = builders.a_region("1056")
    builders.kept(Address(postcode="1056DL", house_number=12, addition="", street="Kade", city="Amsterdam", lat=52.31,
                          lon=4.91))  # fmt: skip
    form = {"id": uuid.uuid4(), "name": "Standplaats West", "postcode": "1056 dl", "house_number": "12",
            "region_id": ""}  # fmt: skip
    done(send(admin, "/admin/home-bases/new", **form), "/admin/cars?said=added")
    base = one(HomeBase, name="Standplaats West")
    assert (base.lat, base.lon, base.region_id) == (52.31, 4.91, region.id)


@pytest.mark.parametrize(
    ("wrong", "name", "sentence"),
    [
        ({"postcode": "12345"}, "postcode", "Schrijf de postcode als 1056 DL."),
        ({"postcode": "9999 ZZ"}, "postcode", "Deze postcode kennen we niet."),
        ({"house_number": "hoek"}, "house_number", "Schrijf het huisnummer als 12, 12A of 12-2."),
        ({"name": ""}, "name", "Vul dit in."),
    ],
)
def test_a_home_base_nobody_can_find_is_refused_and_kept_as_typed(admin, wrong, name, sentence):
    areas("1056")
    form = {"id": uuid.uuid4(), "name": "West", "postcode": "1056 DL", "house_number": "", **wrong}
    page = refused(send(admin, "/admin/home-bases/new", **form))
    assert beside(page, name).startswith(sentence)
    assert all(box(page, typed) == str(form[typed]) for typed in form)
    assert count(HomeBase) == 0


def car_form(base_id, **given):
    return {"id": uuid.uuid4(), "number": "7", "name": "", "home_base_id": base_id, "region_id": "", "phone": "06 55",
            **given}  # fmt: skip


def test_a_car_is_added_and_called_by_its_number(admin):
    base_id = night.a_car().home_base_id
    done(send(admin, "/admin/cars/new", **car_form(base_id, number=" 701 ")), "/admin/cars?said=added")
    assert one(Car, number=701).name == "Auto 701"


@pytest.mark.parametrize(
    ("wrong", "name", "sentence"),
    [
        ({"number": "taken"}, "number", "Vul een heel getal in."),
        ({"number": "0"}, "number", "Dit getal is te klein"),
        ({"number": "9" * 5000}, "number", "Vul een heel getal in."),
        ({"home_base_id": ""}, "home_base_id", "Vul dit in."),
        ({"home_base_id": uuid.uuid4()}, "home_base_id", "Dit kennen we niet."),
        ({"region_id": uuid.uuid4()}, "region_id", "Dit kennen we niet."),
    ],
)
def test_a_car_that_cannot_be_is_refused_and_kept_as_typed(admin, wrong, name, sentence):
    form = car_form(night.a_car().home_base_id, **wrong)
    page = refused(send(admin, "/admin/cars/new", **form))
    assert beside(page, name).startswith(sentence)
    assert (box(page, "number"), box(page, "phone")) == (form["number"], "06 55")


def test_a_number_belongs_to_one_car(admin):
    car = night.a_car()
    other = night.a_car()
    page = refused(send(admin, "/admin/cars/new", **car_form(car.home_base_id, number=car.number)))
    assert beside(page, "number") == "Dit nummer heeft een andere auto al."
    page = refused(send(admin, f"/admin/cars/{other.id}", **car_form(car.home_base_id, number=car.number)))
    assert beside(page, "number") == "Dit nummer heeft een andere auto al."


def test_a_car_gets_another_telephone_and_rides_no_more(admin):
    car = night.a_car()
    form = car_form(car.home_base_id, number=car.number, name=car.name, phone="06 99")
    done(send(admin, f"/admin/cars/{car.id}", **form, is_active="ja"), "/admin/cars?said=changed")
    assert (one(Car, id=car.id).phone, one(Car, id=car.id).is_active) == ("06 99", True)
    send(admin, f"/admin/cars/{car.id}", **form)
    assert not one(Car, id=car.id).is_active
    tonight = night.a_night()
    assert f'<option value="{car.id}"' not in admin.get(f"/admin/nights/{tonight.id}").text


# --- nights and shifts -------------------------------------------------------------------------


def test_a_night_is_put_on_the_roster_in_dutch_time(admin):
    page = admin.get("/admin/nights")
    assert (box(page, "day"), box(page, "begins"), box(page, "ends")) == ("2026-01-14", "23:00", "07:00")
    answer = send(admin, "/admin/nights", day="2026-07-01", begins="22:30", ends="07:00")
    made = one(Night)
    done(answer, f"/admin/nights/{made.id}")
    assert (made.starts_at, made.ends_at) == (
        datetime(2026, 7, 1, 20, 30, tzinfo=UTC), datetime(2026, 7, 2, 5, tzinfo=UTC))  # fmt: skip
    assert "Nacht van 1 op 2 juli" in admin.get(f"/admin/nights/{made.id}").text


def test_a_night_without_a_day_or_with_a_time_that_does_not_exist_is_refused(admin):
    page = refused(send(admin, "/admin/nights", day="", begins="23:00", ends="zeven"))
    assert (beside(page, "day"), beside(page, "ends")) == ("Vul dit in.", "Dit klopt niet. Kijk het na.")
    assert (box(page, "begins"), box(page, "ends")) == ("23:00", "zeven")
    page = refused(send(admin, "/admin/nights", day="2026-03-28", begins="23:00", ends="02:30"))
    assert beside(page, "ends").startswith("Deze tijd bestaat die nacht niet")
    refused(send(admin, "/admin/nights", day="9999-12-31", begins="23:00", ends="07:00"))
    assert count(Night) == 0


def shift_form(car, nurse, **given):
    return {
        "id": uuid.uuid4(),
        "car_id": car.id,
        "nurse_id": nurse.id,
        "starts_at": "23:00",
        "ends_at": "07:00",
        **given,
    }


def test_a_nurse_is_put_in_a_car_from_the_evening_until_the_morning(admin):
    tonight, car, nurse = night.a_night(), night.a_car(), builders.a_nurse(name="Fatma Aydın")
    form = shift_form(car, nurse, is_backup="ja")
    done(send(admin, f"/admin/nights/{tonight.id}/shifts", **form), f"/admin/nights/{tonight.id}?said=shift")
    shift = one(Shift, id=form["id"])
    assert (shift.night_id, shift.is_backup) == (tonight.id, True)
    assert (shift.starts_at, shift.ends_at) == (
        datetime(2026, 1, 14, 22, tzinfo=UTC), datetime(2026, 1, 15, 6, tzinfo=UTC))  # fmt: skip
    page = admin.get(f"/admin/nights/{tonight.id}").text
    assert "Fatma Aydın" in page
    assert "achterwacht" in page


def test_nobody_has_two_shifts_at_once_and_what_was_typed_stays(admin):
    tonight, nurse = night.a_night(), builders.a_nurse()
    night.a_shift(tonight, nurse)
    form = shift_form(night.a_car(), nurse, starts_at="01:00", ends_at="03:00")
    page = refused(send(admin, f"/admin/nights/{tonight.id}/shifts", **form), 409)
    assert beside(page, "nurse_id") == "Deze auto of deze verpleegkundige heeft dan al een dienst."
    assert [box(page, name) for name in form] == [str(value) for value in form.values()]


@pytest.mark.parametrize(
    ("wrong", "name", "sentence"),
    [
        ({"car_id": ""}, "car_id", "Kies een auto."),
        ({"car_id": uuid.uuid4()}, "car_id", "Deze auto rijdt niet meer."),
        ({"nurse_id": uuid.uuid4()}, "nurse_id", "Dit is geen verpleegkundige"),
        ({"starts_at": "07:00", "ends_at": "23:00"}, "ends_at", "Het eind ligt voor het begin."),
        ({"ends_at": "25:00"}, "ends_at", "Dit klopt niet."),
    ],
)
def test_a_shift_that_cannot_be_is_explained(admin, wrong, name, sentence):
    tonight = night.a_night()
    form = {key: str(value) for key, value in (shift_form(night.a_car(), builders.a_nurse()) | wrong).items()}
    page = refused(send(admin, f"/admin/nights/{tonight.id}/shifts", **form))
    assert beside(page, name).startswith(sentence)
    assert (box(page, "starts_at"), box(page, "ends_at")) == (form["starts_at"], form["ends_at"])
    assert count(Shift) == 0


def test_in_a_closed_night_nothing_changes_any_more(admin):
    closed = night.a_night(closed_at=now())
    assert "Dienst toevoegen" not in admin.get(f"/admin/nights/{closed.id}").text
    page = refused(
        send(admin, f"/admin/nights/{closed.id}/shifts", **shift_form(night.a_car(), builders.a_nurse())), 409
    )
    assert "Deze nacht is gesloten en overgedragen." in page.text
    assert admin.get(f"/admin/nights/{closed.id}/visits/new").status_code == 303


# --- planned visits ----------------------------------------------------------------------------


def visit_form(client, **given):
    return {"id": uuid.uuid4(), "client_id": client.id, "title": "Wisselligging", "window_start": "02:00",
            "window_end": "03:30", "service_minutes": "20", "urgency": "U4", "cars_needed": "1",
            "required_competences": ["insulin", "stoma_care"], **given}  # fmt: skip


def test_the_desk_finds_a_client_and_plans_a_visit(triagist):
    tonight = night.a_night()
    groot = builders.a_client(family_name="Groot")
    url = f"/admin/nights/{tonight.id}/visits/new"
    found = triagist.get(url, query_string={"q": "groot 1055"}).text
    assert "Eén cliënt gevonden" in found
    assert f"client_id={groot.id}" in found
    page = triagist.get(url, query_string={"client_id": groot.id})
    assert "Mw. J. de Groot" in page.text
    assert (box(page, "window_start"), box(page, "window_end")) == ("23:00", "07:00")
    form = visit_form(groot)
    done(send(triagist, url, **form), f"/admin/nights/{tonight.id}?said=visit")
    visit = one(Visit, id=form["id"])
    assert (visit.night_id, visit.complaint, visit.service_minutes) == (tonight.id, "Wisselligging", 20)
    assert visit.required_competences == ["insulin", "stoma_care"]
    assert visit.window_start == datetime(2026, 1, 15, 1, tzinfo=UTC)
    assert "Wisselligging" in triagist.get(f"/admin/nights/{tonight.id}").text


def test_too_little_to_search_on_is_said_and_nonsense_finds_nobody(admin):
    url = f"/admin/nights/{night.a_night().id}/visits/new"
    page = admin.get(url, query_string={"q": "a"})
    assert beside(page, "q") == "Typ minstens drie letters of cijfers."
    assert box(page, "q") == "a"
    assert "Niemand gevonden" in admin.get(url, query_string={"q": "xyzxyz"}).text
    for hostile in ({"q": "a\x00bcd"}, {"q": "x" * 5000}, {"client_id": "geen id"}, {"client_id": uuid.uuid4()}):
        assert admin.get(url, query_string=hostile).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "name", "sentence"),
    [
        ({"title": ""}, "title", "Vul dit in."),
        ({"title": "x" * 121}, "title", "Dit is te lang."),
        ({"window_end": "01:00"}, "window_end", "Het eind van het tijdvak ligt voor het begin."),
        ({"window_start": "20:00"}, "window_start", "Dit ligt buiten de nacht."),
        ({"service_minutes": "500"}, "service_minutes", "Kies tussen 5 en 240 minuten."),
        ({"urgency": "U1"}, "urgency", "Bij U0 en U1 gaat er een ambulance"),
        ({"required_competences": ["insulin", "toveren"]}, "required_competences", "Dit kennen we niet."),
    ],
)
def test_a_planned_visit_that_cannot_be_is_explained_and_nothing_is_forgotten(admin, wrong, name, sentence):
    tonight, client = night.a_night(), builders.a_client()
    form = visit_form(client, **wrong)
    page = refused(send(admin, f"/admin/nights/{tonight.id}/visits/new", **form))
    assert beside(page, name).startswith(sentence)
    for typed in ("id", "client_id", "title", "window_start", "window_end", "service_minutes", "cars_needed"):
        assert box(page, typed) == str(form[typed])
    assert re.search(r'value="insulin" checked', page.text)
    assert not re.search(r'value="infusion" checked', page.text)
    assert count(Visit) == 0


def test_a_planned_visit_lapses_with_a_reason_and_an_unplanned_one_not_from_here(admin):
    tonight = night.a_night()
    planned = night.a_visit(tonight)
    url = f"/admin/nights/{tonight.id}/visits/{planned.id}/cancellation"
    page = send(admin, url, reason=" ")
    assert page.status_code == 422
    assert "Niet vervallen." in page.text
    done(send(admin, url, reason="ligt in het ziekenhuis"), f"/admin/nights/{tonight.id}?said=cancelled")
    assert one(Visit, id=planned.id).status is VisitStatus.CANCELLED
    asked = builders.a_client()
    unplanned = night.a_visit(tonight, asked, care_request=night.a_care_request(asked))
    assert (
        send(admin, f"/admin/nights/{tonight.id}/visits/{unplanned.id}/cancellation", reason="nee").status_code == 404
    )


def test_a_visit_at_which_somebody_already_is_does_not_lapse(admin):
    tonight = night.a_night()
    visit = night.a_visit(tonight, shift=night.a_shift(tonight), status=VisitStatus.ON_SCENE)
    visit.status = VisitStatus.ON_SCENE
    builders.kept(visit)
    page = send(admin, f"/admin/nights/{tonight.id}/visits/{visit.id}/cancellation", reason="niet nodig")
    assert page.status_code == 409
    assert "De verpleegkundige is al bij deze cliënt." in page.text
    assert "niet nodig" in page.text


# --- who we are, and the meetlat ---------------------------------------------------------------


def test_the_partnership_gets_its_name_and_number(admin):
    form = {"name": "Nachtzorg Amsterdam", "desk_phone": "020 555 01 00", "backup_note": ""}
    done(send(admin, "/admin/partnership", **form), "/admin/partnership?said=changed")
    assert one(Partnership).desk_phone == "020 555 01 00"
    page = refused(send(admin, "/admin/partnership", **{**form, "desk_phone": "", "backup_note": "Bel eerst Kees."}))
    assert beside(page, "desk_phone") == "Vul dit in."
    assert (box(page, "name"), box(page, "backup_note")) == ("Nachtzorg Amsterdam", "Bel eerst Kees.")
    assert one(Partnership).desk_phone == "020 555 01 00"


def test_the_meetlat_in_force_can_be_read(admin):
    assert "Er is geen meetlat van kracht." in admin.get("/admin/scope-list").text
    with unit_of_work(actor=SYSTEM) as uow:
        triage.publish_scope_list(uow, scope_lists.read(scope_lists.EXAMPLE))
    page = admin.get("/admin/scope-list").text
    assert "geen nachtzorg" in page
    assert "In plaats daarvan:" in page


@pytest.mark.parametrize("text", ["\x00", "<script>alert(1)</script>", "\u202e", "a" * 100_000, "' OR 1=1 --"])
def test_whatever_is_typed_in_a_box_the_page_stays_whole(admin, text):
    base_id, tonight, client = night.a_car().home_base_id, night.a_night(), builders.a_client()
    nurse = builders.a_nurse()
    sheets = {
        "/admin/organisations/new": organisation_form(),
        "/admin/staff/new": staff_form(builders.an_organisation()),
        f"/admin/staff/{nurse.id}/competences": {"insulin": ""},
        "/admin/regions/new": region_form(),
        "/admin/home-bases/new": {"id": uuid.uuid4(), "name": "x", "postcode": "1055DL"},
        "/admin/cars/new": car_form(base_id),
        "/admin/nights": {"day": "2026-01-20", "begins": "23:00", "ends": "07:00"},
        f"/admin/nights/{tonight.id}/shifts": shift_form(night.a_car(), nurse),
        f"/admin/nights/{tonight.id}/visits/new": visit_form(client),
        "/admin/partnership": {"name": "x", "desk_phone": "1", "backup_note": ""},
    }
    for url, form in sheets.items():
        for name in form:
            answer = send(admin, url, **{**form, name: text})
            assert answer.status_code in (200, 303, 404, 409, 422), (url, name)
            assert "<script>alert" not in answer.text
