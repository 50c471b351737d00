"""Structured logs: one JSON object a line in production, coloured text for a developer."""

import re
from typing import Any

import structlog

MASKED = "[masked]"
_NAMES = (
    r"password\d?|passwd|secret|token|authorization|cookie|session_?(?:key|id)|sessionid|api_?key|credentials?|\botp"
    r"|signature"
)
# A value goes to its closing quote, and without quotes to the next space or sign.
_QUOTED = r"(')(?:\\.|[^'\\\r\n])+|(\")(?:\\.|[^\"\\\r\n])+"
_PLAIN = r"[^\s&'\",;})]+"
SECRET = re.compile(_NAMES, re.IGNORECASE)
# What stands inside a text: an exception's message, an address that failed, the line of another library. Each pattern
# takes time in proportion to the text, which a stranger writes.
_IN_TEXT = (
    (re.compile(r"(?i)\b(authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"), rf"\1\2{MASKED}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASKED}"),
    (
        re.compile(rf"(?i)((?:{_NAMES})[\w-]{{0,40}}['\"]?\s{{0,4}}[=:]\s{{0,4}})(?:{_QUOTED}|{_PLAIN})"),
        rf"\1\2\3{MASKED}",
    ),
    # A code opens a door, too; but "status code: 404" helps.
    (re.compile(rf"(?i)(\bcode['\"]?\s{{0,4}}=\s{{0,4}})(?:{_QUOTED}|{_PLAIN})"), rf"\1\2\3{MASKED}"),
    (re.compile(rf"(?i)(\bcode['\"]?\s{{0,4}}:\s{{0,4}})(?:{_QUOTED})"), rf"\1\2\3{MASKED}"),
    # The links that are mailed open a door by themselves.
    (re.compile(r"(/(?:password/reset/key|confirm-email|invitations?)/)[^/\s?'\"]+"), rf"\1{MASKED}"),
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+@"), rf"\1{MASKED}@"),
    (re.compile(r"(?<![\w.+-])[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
)


def mask_text(text: str) -> str:
    """The text without passwords, tokens, cookies, links that open something, and e-mail addresses."""
    for pattern, instead in _IN_TEXT:
        text = pattern.sub(instead, text)
    return text


def mask_secrets(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Masks every value whose key names a secret, and every text that holds one; a log outlives its reason."""
    return {key: MASKED if SECRET.search(key) else _masked(value) for key, value in event.items()}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return mask_secrets(None, "", value)
    if isinstance(value, list | tuple | set):
        return [_masked(one) for one in value]
    # Numbers and times are what they are; an object of ours is a text by the time it is written.
    return value if value is None or isinstance(value, int | float | bool) else mask_text(str(value))


def logging_settings(*, as_json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING; also configures structlog, so that both kinds of loggers write the same lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                # Masked last, with the exception as text: nothing is added after it.
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    mask_secrets,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            # The development server's own line of each request has its query; ours stands beside it.
            "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "axes": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "psycopg.pool": {"level": "WARNING"},
            # Two lines a call, and below them what was sent.
            "stripe": {"level": "WARNING"},
        },
    }
