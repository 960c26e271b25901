"""The routes of this room: every api.py in it hangs its own on this one."""

from backend.platform.web import Blueprint

blp = Blueprint("dispatch", __name__, url_prefix="/api/v1", description="Inzetten: the board, cars, visits, alarms")
