"""The one set of routes of this room; api.py and roster_api.py hang theirs on it."""

from backend.people.rules import Role
from backend.platform.web import Blueprint

blp = Blueprint("dispatch", __name__, url_prefix="/api/v1", description="Inzetten: the board, cars, visits, alarms")
DESK = (Role.TRIAGIST, Role.ADMIN)
