"""The front door: who may knock, what may enter, how an answer and a refusal look."""

import hmac
import uuid
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import flask
import marshmallow as ma
import structlog
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, g, request
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from sqlalchemy.exc import OperationalError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from backend.platform import answers, strict_json
from backend.platform import fields as fields
from backend.platform.actor import NOBODY
from backend.platform.answers import Answer
from backend.platform.errors import DomainError, Invalid, NotAllowed, NotLoggedIn, TryLater
from backend.platform.login import csrf_token_of, identify

log = structlog.get_logger()

ANYONE = "anyone"
"""For `access`: whoever asks, logged in or not."""
LOGGED_IN = "logged_in"
"""For `access`: every role."""

MAX_BODY = 1024 * 1024
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": a browser then says "Origin: null" with our own forms, as it would with somebody else's.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}


class Schema(ma.Schema):
    """The shape of what comes in. Unknown fields are refused, not dropped."""

    class Meta:
        unknown = ma.RAISE


def access(*roles: str) -> Callable[[Any], Any]:
    """Say who may call this view. Every route must; see `check_routes`."""
    if not roles:
        raise TypeError("access() needs at least one role, or ANYONE")

    def mark(view: Any) -> Any:
        view.access_roles = frozenset(str(role) for role in roles)
        return view

    return mark


class _StrictParser(FlaskParser):
    def _raw_load_json(self, req: flask.Request) -> Any:
        if req.mimetype != "application/json":
            return super()._raw_load_json(req)
        body = req.get_data(cache=True)
        if not body:
            return ma.missing
        try:
            return strict_json.load(body)
        except strict_json.HostileJson as hostile:
            raise _BadBody(reason=hostile.reason) from None

    def handle_error(self, error: ma.ValidationError, *_: Any, **__: Any) -> NoReturn:
        errors = error.normalized_messages()  # type: ignore[no-untyped-call]
        if set(errors) <= {"json", "query", "form", "files", "json_or_form"}:
            errors = {name: why for place in errors.values() for name, why in _as_dict(place).items()}
        raise Invalid(errors)


class _BadBody(DomainError):
    """The body is not JSON as we accept it."""

    code = "bad_body"
    http_status = 400


def _as_dict(messages: Any) -> dict[str, Any]:
    return messages if isinstance(messages, dict) else {"_schema": messages}


class Blueprint(SmorestBlueprint):
    """A room's routes. A route that does not say who may call it cannot be registered."""

    ARGUMENTS_PARSER = _StrictParser()

    def __init__(self, *names: Any, **options: Any) -> None:
        super().__init__(*names, **options)
        self.answers: list[type[Answer]] = []

    @staticmethod
    def access(*roles: str) -> Callable[[Any], Any]:
        """Say who may call this view."""
        return access(*roles)

    def response(self, status_code: int, schema: type[Answer] | None = None, **options: Any) -> Callable[[Any], Any]:
        """Say what leaves, and with which status: the answer that the view returns, described in the document."""
        if schema is None:
            described: Callable[[Any], Any] = super().response(status_code, **options)
            return described
        self.answers.append(schema)
        describe = super().response(status_code, answers.reference(schema), **options)

        def answering(view: Callable[..., Answer | Response]) -> Any:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                found = view(*args, **kwargs)
                return found if isinstance(found, Response) else json_response(found, status_code)

            return describe(answer)

        return answering

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, **options: Any) -> None:
        for method, view in _views(view_func):
            if not hasattr(view, "access_roles"):
                raise TypeError(f"{method} {rule} does not say who may call it: add @blp.access(...)")
        super().add_url_rule(rule, endpoint, view_func, **options)


def _views(view_func: Any) -> list[tuple[str, Any]]:
    view_class = getattr(view_func, "view_class", view_func)
    methods = getattr(view_class, "methods", None)
    if isinstance(view_class, type) and methods:
        return [(method, getattr(view_class, method.lower())) for method in sorted(methods)]
    return [("*", view_func)]


def roles_of(app: Flask, endpoint: str, method: str) -> frozenset[str] | None:
    """The roles that a route lets in; None when it does not say."""
    method = "GET" if method == "HEAD" else method
    views = dict(_views(app.view_functions[endpoint]))
    return getattr(views.get(method, views.get("*")), "access_roles", None)


def check_routes(app: Flask) -> None:
    """Refuse to start when any route, page or file does not say who may call it."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            if roles_of(app, rule.endpoint, method) is None:
                raise TypeError(f"{method} {rule.rule} does not say who may call it")


def json_response(answer: Answer, status: int = 200) -> Response:
    """The answer as it leaves."""
    return Response(answers.encoded(answer), status, mimetype="application/json")


def install(app: Flask) -> Api:
    """Give the app its door: headers, login, CSRF, refusals, and the API with its document."""
    app.config.update(
        API_TITLE="Nachtronde",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        MAX_CONTENT_LENGTH=MAX_BODY,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.before_request(_let_in)
    app.after_request(_finish_response)
    api = _Api(app)
    app.register_error_handler(DomainError, _refuse)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PermissionError, lambda error: _refuse(NotAllowed()))
    return api


def _let_in() -> None:
    """Who is there, may they, and did they mean it?"""
    g.request_id = uuid.uuid4().hex
    g.actor = NOBODY
    if request.endpoint is None:
        return  # 404 or 405: there is nothing to guard
    roles = roles_of(flask.current_app, request.endpoint, request.method)
    if request.method == "OPTIONS":
        return
    if roles is None:
        raise NotAllowed()
    if roles == {ANYONE} and request.endpoint in ("static", "pages.built", "pages.service_worker"):
        return
    g.actor = identify(request)
    if ANYONE not in roles:
        if g.actor is NOBODY:
            raise NotLoggedIn()
        if LOGGED_IN not in roles and g.actor.role not in roles:
            raise NotAllowed()
    if request.method not in _SAFE_METHODS:
        _refuse_forgery()


class Forged(DomainError):
    """The request did not come from our own pages."""

    code = "forged"
    http_status = 403


def _refuse_forgery() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise Forged()
    origin = request.headers.get("Origin")
    # Behind a proxy that speaks TLS the scheme may differ; the host may not.
    if origin is not None and origin.split("://")[-1].rstrip("/") != request.host:
        raise Forged()
    expected = csrf_token_of(request)
    if expected is None or g.actor is NOBODY:
        return  # nobody is logged in: there is no session to abuse
    # Only a page's own form may carry the token in its body; the API wants the header.
    given = request.headers.get("X-CSRF-Token") or (
        request.form.get("csrf_token", "") if request.mimetype == "application/x-www-form-urlencoded" else ""
    )
    if not hmac.compare_digest(given, expected):
        raise Forged()


def _finish_response(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    # The rule, not the path: a path may hold an id that belongs in no log.
    log.info("request", method=request.method, route=str(request.url_rule or "?"), status=response.status_code,
             request_id=g.get("request_id"), role=g.get("actor", NOBODY).role or None)  # fmt: skip
    return response


def problem(status: int, code: str, *, title: str = "", details: Any = None, errors: Any = None) -> Response:
    """A refusal as RFC 9457 problem JSON, with our code in it."""
    body = {"type": "about:blank", "title": title or code.replace("_", " "), "status": status, "code": code}
    if details:
        body["details"] = details
    if errors:
        body["errors"] = errors
    response = flask.jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def wants_page() -> bool:
    """Did a person ask for a page, rather than an app for data?"""
    return not request.path.startswith("/api/") and request.accept_mimetypes.accept_html


def _refuse(error: DomainError) -> Response:
    if isinstance(error, NotLoggedIn) and wants_page():
        return flask.redirect(flask.url_for("pages.login_page", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    if wants_page():
        return _page_of(error.http_status, error.code)
    details = {key: str(value) if isinstance(value, uuid.UUID) else value for key, value in error.details.items()}
    response = problem(error.http_status, error.code, details=details, errors=getattr(error, "errors", None))
    if isinstance(error, TryLater):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _page_of(status: int, code: str) -> Response:
    return Response(
        flask.render_template("platform/error.html", status=status, code=code), status, mimetype="text/html"
    )


def _database_away(error: OperationalError) -> Response:
    if "disk is full" in str(error.orig) or "No space left" in str(error.orig):
        log.error("disk_full")
        return problem(507, "disk_full")
    log.error("database_away", kind=type(error.orig).__name__)
    return _refuse(TryLater(2))


_HTTP_CODES = {
    400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "not_json",
    422: "invalid", 429: "too_many", 500: "broken",
}  # fmt: skip


class _Api(Api):
    """flask-smorest's handler drops Allow and Retry-After; this one keeps what werkzeug put there."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name)})
        self.register_field(fields.Instant, "string", "date-time")

    def register_blueprint(self, blp: SmorestBlueprint, **options: Any) -> None:
        if isinstance(blp, Blueprint):
            answers.describe(self.spec, blp.answers)
        super().register_blueprint(blp, **options)

    def handle_http_exception(self, error: HTTPException) -> Response:
        status = error.code or 500
        if status >= 500:
            original = getattr(error, "original_exception", None)
            # The type and place of a fault, never its text: that may quote what somebody typed.
            log.error("broken", kind=type(original or error).__name__, at=_place_of(original))
        code = _HTTP_CODES.get(status, f"http_{status}")
        response = _page_of(status, code) if wants_page() else problem(status, code)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response


def _place_of(error: BaseException | None) -> list[str]:
    places, trace = [], error.__traceback__ if error else None
    while trace:
        code = trace.tb_frame.f_code
        places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno}:{code.co_name}")
        trace = trace.tb_next
    return places[-6:]


def _schema_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__)
