"""Who may see whom, how people are called, how they are found."""

from datetime import date

import pytest

from backend.people import rules
from backend.people.rules import OrganisationKind, ReservedProcedure, Role, Sex
from backend.platform.actor import Scope


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("triagist", Scope.ALL),
        ("admin", Scope.ALL),
        ("team_manager", Scope.ORGANISATION),
        ("nurse", Scope.ASSIGNED),
        ("system", Scope.NOTHING),
        ("", Scope.NOTHING),
    ],
)
def test_a_role_says_how_far_somebody_may_look_and_an_unknown_one_sees_nothing(role, scope):
    assert rules.scope_of(role) is scope


def test_who_sees_every_organisation_works_for_the_desk_only():
    assert rules.role_fits(Role.TRIAGIST, OrganisationKind.DESK)
    assert not rules.role_fits(Role.TRIAGIST, OrganisationKind.CARE)
    assert not rules.role_fits(Role.ADMIN, OrganisationKind.CARE)
    assert rules.role_fits(Role.NURSE, OrganisationKind.CARE)
    assert rules.role_fits(Role.TEAM_MANAGER, OrganisationKind.CARE)


def test_a_competence_counts_on_its_last_day_and_not_the_day_after():
    last = date(2026, 1, 31)
    assert rules.is_competent(last, date(2026, 1, 31))
    assert not rules.is_competent(last, date(2026, 2, 1))


def test_an_expired_competence_is_missing_just_like_one_that_was_never_there():
    catheter, insulin, infusion = (
        ReservedProcedure.BLADDER_CATHETER,
        ReservedProcedure.INSULIN,
        ReservedProcedure.INFUSION,
    )
    held = [(catheter, date(2026, 1, 1)), (insulin, date(2027, 1, 1))]
    assert rules.missing_competences([catheter, insulin, infusion], held, date(2026, 6, 1)) == [catheter, infusion]
    assert rules.missing_competences([], held, date(2026, 6, 1)) == []


@pytest.mark.parametrize(
    ("sex", "initials", "prefix", "family_name", "label"),
    [
        (Sex.FEMALE, "J.", "de", "Groot", "Mw. J. de Groot"),
        (Sex.MALE, "A.B.", "", "Bakker", "Dhr. A.B. Bakker"),
        (Sex.MALE, "", "van der", "Berg", "Dhr. van der Berg"),
        (Sex.UNKNOWN, "J.", "de", "Groot", "J. de Groot"),
        (Sex.OTHER, "", "de", "Groot", "De Groot"),
        (Sex.UNKNOWN, "", "", "Onbekende vrouw, ongeveer 80", "Onbekende vrouw, ongeveer 80"),
    ],
)
def test_a_client_is_called_as_one_would_on_the_telephone(sex, initials, prefix, family_name, label):
    assert rules.name_label(sex=sex, initials=initials, prefix=prefix, family_name=family_name) == label


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1941, 5, 3), date(2026, 5, 2), 84),
        (date(1941, 5, 3), date(2026, 5, 3), 85),
        (date(2024, 2, 29), date(2025, 2, 28), 0),
        (date(2024, 2, 29), date(2025, 3, 1), 1),
        (date(2026, 5, 3), date(2026, 5, 2), None),
        (None, date(2026, 5, 2), None),
    ],
)
def test_an_age_is_whole_years_on_that_day(born, on, age):
    assert rules.age_on(born, on) == age


def test_the_age_follows_the_name_when_it_is_known():
    assert rules.label_with_age("Mw. J. de Groot", 84) == "Mw. J. de Groot, 84"
    assert rules.label_with_age("Mw. J. de Groot", None) == "Mw. J. de Groot"


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("jm", "J.M."),
        ("J M", "J.M."),
        ("j.m", "J.M."),
        ("Th.", "Th."),
        ("A.Th.M.", "A.Th.M."),
        ("ij", "IJ."),
        (" ", ""),
    ],
)
def test_initials_are_written_one_way_however_they_were_typed(typed, tidy):
    assert rules.tidy_initials(typed) == tidy


# --- searching ---------------------------------------------------------------------------------


def is_found(query: str) -> bool:
    """Does this query find Johanna de Groot-Müller, 12 March 1941, 1056DL, number A-1203?"""
    text = rules.search_text(
        names=["Groot-Müller", "de", "J.M.", "Johanna"],
        birth_date=date(1941, 3, 12),
        postcode="1056DL",
        client_number="A-1203",
    )
    words = rules.search_words(query)
    return bool(words) and all(f" {word}" in text for word in words)


@pytest.mark.parametrize(
    "query",
    [
        "groot",
        "GROO",
        "de groot",
        "muller",
        "MÜLLER",
        "groot 1056",
        "groot 1056DL",
        "groot 1056 dl",
        "groot 1941",
        "1056dl 1941",
        "12-03-1941",
        "12/3/1941",
        "1941-03-12 joh",
        "A-1203",
        "a1203",
    ],
)
def test_a_client_is_found_by_what_a_caller_says(query):
    assert is_found(query)


@pytest.mark.parametrize(
    "query", ["roots", "groot 1057", "groot 1942", "13-03-1941", "1203dl", "groot jansen", "%%%", "___", "gr", "  a "]
)
def test_a_client_is_not_found_by_half_a_word_from_the_middle_or_by_one_wrong_word(query):
    assert not is_found(query)


def test_two_letters_are_too_little_to_search_on():
    assert rules.search_words("gr") == []
    assert rules.search_words("g r") == []
    assert rules.search_words("g ro") == ["g", "ro"]


# --- what must not be written down -------------------------------------------------------------


@pytest.mark.parametrize(
    "note",
    ["code 4711", "Code is 12", "kluisje links, 123456", "pin: 99", "Pincode 0042", "sleutelkluis (code: 8 8 1)"],
)
def test_a_note_that_holds_a_key_safe_code_is_recognised(note):
    assert rules.holds_a_code(note)


@pytest.mark.parametrize(
    "note",
    [
        None,
        "",
        "Sleutelkluis links van de deur",
        "Buurvrouw op 12 heeft de sleutel",
        "Bel eerst: 06-12345678",
        "Bel 038 331 23 45 of +31 6 12345678",
        "2e etage, lift is stuk, flat 214",
    ],
)
def test_an_ordinary_note_is_no_code(note):
    assert not rules.holds_a_code(note)


def test_only_a_provisional_client_is_merged_and_only_into_one_that_stands_by_itself():
    assert rules.may_merge(source_is_provisional=True, is_same=False, target_is_merged=False) is None
    assert rules.may_merge(source_is_provisional=True, is_same=True, target_is_merged=False) == "same_client"
    assert rules.may_merge(source_is_provisional=False, is_same=False, target_is_merged=False) == "not_provisional"
    assert rules.may_merge(source_is_provisional=True, is_same=False, target_is_merged=True) == "target_is_merged"
