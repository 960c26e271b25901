"""The ground under the tests themselves: both databases are real, and no test sees what another left."""

from backend.people.models import Client
from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from tests import builders, night


def clients(session):
    return session.query(Client).count()


def test_one_test_leaves_a_client(app):
    builders.a_client()
    with reading(SYSTEM) as session:
        assert clients(session) == 1


def test_and_the_next_one_finds_nobody(app):
    with reading(SYSTEM) as session:
        assert clients(session) == 0


def test_the_database_is_the_one_that_was_asked_for(app, database_kind):
    with reading(SYSTEM) as session:
        assert session.get_bind().dialect.name == database_kind


def test_a_night_can_be_laid_out_in_a_few_words(app):
    shift = night.a_shift()
    visit = night.a_visit(shift=shift, care_request=night.a_care_request(), urgency="U3")
    night.an_alarm(visit, shift)
    assert visit.shift_id == shift.id
