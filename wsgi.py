"""What the server loads."""

from backend import create_app
from backend.platform.config import BadSetting

try:
    app = create_app()
except BadSetting as unsafe:
    raise SystemExit(f"Nachtronde does not start: {unsafe}") from None  # a sentence, not a traceback
