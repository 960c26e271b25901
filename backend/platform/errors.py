"""What can go wrong, as codes. The Dutch sentence for a code lives in the app that shows it."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal with a code, and the facts that its sentence needs."""

    code: ClassVar[str] = "refused"
    http_status: ClassVar[int] = 409

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


class NotFound(DomainError):
    """There is no such thing, or it is not yours to see: the same answer for both."""

    code = "not_found"
    http_status = 404


class Invalid(DomainError):
    """What was sent has the right shape and the wrong meaning; `errors` says it field by field."""

    code = "invalid"
    http_status = 422

    def __init__(self, errors: dict[str, Any], **details: Any) -> None:
        super().__init__(**details)
        self.errors = errors


class NotLoggedIn(DomainError):
    """Nobody is logged in on this connection."""

    code = "not_logged_in"
    http_status = 401


class NotAllowed(DomainError):
    """Somebody is logged in, and this is not for their role."""

    code = "not_allowed"
    http_status = 403


class TryLater(DomainError):
    """The house is busy or briefly unreachable: come back after `retry_after_s`."""

    code = "try_later"
    http_status = 503

    def __init__(self, retry_after_s: int = 1, **details: Any) -> None:
        super().__init__(retry_after_s=retry_after_s, **details)
        self.retry_after_s = retry_after_s
