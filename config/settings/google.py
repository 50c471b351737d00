"""Signing in with Google, for a process that has the keys of one Google project."""


def google(client_id: str, secret: str) -> dict[str, object]:
    """allauth's settings of the provider: name and address of who signs in, and PKCE against stolen codes."""
    return {
        "APPS": [{"client_id": client_id, "secret": secret, "key": ""}],
        "SCOPE": ["profile", "email"],
        "OAUTH_PKCE_ENABLED": True,
    }
