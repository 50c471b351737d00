"""Structured logs: one JSON object a line in production, coloured text for a developer."""

import re
from typing import Any

import structlog

SECRET = re.compile(r"password|secret|token|authorization|cookie|api_?key", re.IGNORECASE)


def mask_secrets(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replaces the value of every key that names a secret; a log outlives the reason it was written for."""
    return {key: "[masked]" if SECRET.search(key) else value for key, value in event.items()}


def logging_settings(*, as_json: bool, level: str) -> dict[str, Any]:
    """Django's LOGGING; also configures structlog, so that both kinds of loggers write the same lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask_secrets,
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
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *([structlog.processors.format_exc_info] if as_json else []),
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "axes": {"level": "WARNING"},
            "botocore": {"level": "WARNING"},
            "psycopg.pool": {"level": "WARNING"},
        },
    }
