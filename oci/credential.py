"""A user name and a password, kept out of whatever is shown.

Owns: the pair, its form on the wire, and taking it out of text that others wrote. Does not own
where it comes from or how long it lives.
"""

import base64
import json
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

HIDDEN = "***"


@dataclass(frozen=True)
class Credential:
    """What a registry wants to see; `repr` shows the user name only."""

    username: str
    password: str = field(repr=False)

    def basic(self) -> str:
        """The value of an `Authorization` header of scheme Basic (RFC 7617, UTF-8)."""
        pair = f"{self.username}:{self.password}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"

    def redact(self, text: str) -> str:
        """`text` without the password in any form in which a server could send it back."""
        forms = {
            self.password,
            quote(self.password, safe=""),
            quote_plus(self.password),
            json.dumps(self.password)[1:-1],
            self.basic().removeprefix("Basic "),
        }
        for form in sorted(filter(None, forms), key=len, reverse=True):
            text = text.replace(form, HIDDEN)
        return text
