"""A notice by mail: that something waits, and where. Never what."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import structlog

from backend.platform.config import settings
from backend.platform.outbox import Job, Later

log = structlog.get_logger()

TIMEOUT_S = 15


def is_configured() -> bool:
    """Can this installation send mail at all?"""
    return bool(settings().mail_url and settings().mail_from)


def send_mail(job: Job) -> None:
    """Send one notice: payload {to, subject, text}. NTA 7516: a notice and a link behind login, never content.

    `NACHTRONDE_MAIL_URL` is smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465.
    """
    if not is_configured():
        log.warning("mail_not_configured")
        return
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings().mail_from, job.payload["to"], job.payload["subject"]
    message["Message-ID"] = f"<{job.id}@{settings().mail_from.rpartition('@')[2]}>"  # a repeat is the same mail
    message.set_content(job.payload["text"])
    url = urlsplit(settings().mail_url)
    host, user, password = url.hostname or "localhost", unquote(url.username or ""), unquote(url.password or "")
    try:
        if url.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT_S,
                                                    context=ssl.create_default_context())  # fmt: skip
        else:
            server = smtplib.SMTP(host, url.port or 587, timeout=TIMEOUT_S)
        with server:
            if url.scheme == "smtp" and host not in ("localhost", "127.0.0.1"):
                server.starttls(context=ssl.create_default_context())
            if user:
                server.login(user, password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise Later(60, f"mail server: {type(error).__name__}") from error
