"""What a browser calls itself, in words that its person recognises."""

from ua_parser import parse

UNKNOWN = "an unknown device"
LONGEST = 120  # characters: a browser may call itself anything
_PLAIN = {
    "Mac OS X": "a Mac",
    "iOS": "an iPhone or iPad",
    "Mobile Safari": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "HeadlessChrome": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
}


def device_in_words(user_agent: str) -> str:
    """`Firefox on Windows`, from the User-Agent header. What is not recognised is an unknown device."""
    seen = parse(user_agent)
    browser = seen.user_agent.family if seen.user_agent else ""
    system = seen.os.family if seen.os else ""
    words = [_PLAIN.get(word, word) for word in (browser, system) if word]
    return " on ".join(words)[:LONGEST] or UNKNOWN
