"""The one set of routes of this room; api.py, management_api.py and places/api.py hang theirs on it."""

from backend.platform.web import Blueprint

blp = Blueprint("people", __name__, url_prefix="/api/v1", description="Organisations, staff, clients, regions")
