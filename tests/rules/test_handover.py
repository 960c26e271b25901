"""What the morning says, in plain Dutch."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.handover import rules
from backend.handover.rules import ReceiptStatus, Tally

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(*parts):
    return datetime(*parts, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("tally", "heading"),
    [
        (Tally(questions=4, by_phone=2, visited=2, actions=2), "Vier vragen vannacht, twee acties voor u"),
        (Tally(questions=1, visited=1, actions=1), "Eén vraag vannacht, één actie voor u"),
        (Tally(questions=13, by_phone=13), "13 vragen vannacht, geen acties voor u"),
        (Tally(planned_done=2), "Geen vragen vannacht, geen acties voor u"),
        (Tally(), "Een rustige nacht: geen vragen, geen acties voor u"),
    ],
)
def test_the_heading_is_one_sentence_to_act_on(tally, heading):
    assert rules.headline(tally) == heading


@pytest.mark.parametrize(
    ("tally", "lead"),
    [
        (
            Tally(questions=4, by_phone=2, visited=2),
            "Twee cliënten zijn bezocht, twee zijn telefonisch geholpen. 112 was niet nodig.",
        ),
        (Tally(questions=1, by_phone=1), "Eén cliënt is telefonisch geholpen. 112 was niet nodig."),
        (
            Tally(questions=3, visited=1, by_phone=1, referred=1, emergencies=1),
            "Eén cliënt is bezocht, één is telefonisch geholpen, één is doorverwezen. "
            "Voor één cliënt is 112 ingeschakeld.",
        ),
        (
            Tally(planned_done=2, planned_missed=1),
            "Twee geplande bezoeken zijn gebracht. Eén gepland bezoek is niet gebracht. 112 was niet nodig.",
        ),
        (
            Tally(questions=1, unfinished=1),
            "Eén vraag of bezoek was nog niet klaar toen de nacht sloot; het vervolg komt als aanvulling. "
            "112 was niet nodig.",
        ),
        (Tally(), "Er is vannacht niet voor uw cliënten gebeld en er is niemand bezocht."),
    ],
)
def test_the_lead_says_what_became_of_the_questions(tally, lead):
    assert rules.lead(tally) == lead


def test_a_figure_that_is_nothing_is_left_out():
    assert rules.figures(Tally(questions=1, visited=1)) == [
        {"value": "1", "label": "vraag"},
        {"value": "1", "label": "bezoek"},
    ]


def a_line(**given):
    return {
        "kind": "question", "way": "phone", "is_linked": False, "was_visited": False, "is_unfinished": False,
        "went_to_112": False, "on_scene_min": [], "actions": [], **given,
    }  # fmt: skip


def test_a_second_call_about_the_same_thing_counts_once():
    count = rules.tally([a_line(way="visit", was_visited=True), a_line(way="visit", was_visited=True, is_linked=True)])
    assert (count.questions, count.visited) == (1, 1)


def test_only_what_the_organisation_itself_must_do_counts_as_its_action():
    count = rules.tally([a_line(actions=[{"is_yours": True}, {"is_yours": False}])])
    assert count.actions == 1


def test_a_planned_visit_that_nobody_brought_is_said_aloud():
    assert rules.tally([a_line(kind="planned", way="visit")]).planned_missed == 1


def test_the_time_at_the_door_is_an_average_over_the_visits_that_have_one():
    count = rules.tally([a_line(way="visit", on_scene_min=[10, 20]), a_line()])
    assert count.on_scene_min == 15
    assert {"value": "15 min", "label": "gemiddeld ter plaatse"} in rules.figures(count)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (None, "Deze week"),
        (at(2026, 11, 22, 12), "Vandaag vóór 12:00"),
        (at(2026, 11, 23, 9), "Morgen vóór 09:00"),
        (at(2026, 11, 25, 9), "Woensdag vóór 09:00"),
        (at(2026, 12, 2, 9), "Vóór 2 december 09:00"),
        (at(2026, 11, 21, 9), "Uiterlijk 21 november 09:00"),
    ],
)
def test_a_due_time_is_said_as_on_the_morning_of_the_letter(due, words):
    assert rules.due_in_words(due, date(2026, 11, 22)) == words


def test_a_question_or_a_refusal_says_what_it_is_about():
    assert rules.problem_with_receipt(ReceiptStatus.QUESTION, "  ") == {"note": "required"}
    assert rules.problem_with_receipt(ReceiptStatus.REJECTED, None) == {"note": "required"}
    assert rules.problem_with_receipt(ReceiptStatus.QUESTION, "Hoeveel kwam eruit?") == {}
    assert rules.problem_with_receipt(ReceiptStatus.TAKEN_OVER, None) == {}
    assert rules.problem_with_receipt(ReceiptStatus.SENT, None) == {"status": "unknown_choice"}


def test_the_number_of_a_letter_changes_with_every_word_in_it():
    first = rules.content_hash({"heading": "a"}, [{"lines": [{"text": "x"}]}])
    assert first != rules.content_hash({"heading": "a"}, [{"lines": [{"text": "y"}]}])
    assert first == rules.content_hash({"heading": "a"}, [{"lines": [{"text": "x"}]}])


def test_an_addendum_names_the_lines_that_are_new_or_different():
    before = {"lines": [{"label": "Gezien", "text": "Helder."}, {"label": "Waarom", "text": "Val."}]}
    after = {
        "lines": [
            {"label": "Gezien", "text": "Suf."},
            {"label": "Waarom", "text": "Val."},
            {"label": "Gedaan", "text": "x"},
        ]
    }
    assert rules.changed_lines(before, after) == ["Gezien", "Gedaan"]
