"""Staging: production with another environment."""

from config.settings.production import *  # noqa: F403
