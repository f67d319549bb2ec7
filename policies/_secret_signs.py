"""How a secret is recognised from outside: by what it is called, and by what it looks like.

Owns: the names and the formats. Does not own: where they are looked for. Formats are the
vendors' published prefixes, so a match is never a coincidence of random text; a password of
no format can only be known by its name.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_SECRET_NAME = re.compile(
    r"(?:.*_)?(?:password|passwd|passphrase|token|secret|pat|"
    r"api_?key|secret_?key|secret_?access_?key|private_?key(?:_pem)?|"
    r"secret_?string|secret_?binary|secret_?data|docker_?config_?json|identity_?token)"
)
# The last are Helm charts': the name of a Kubernetes secret, or of a key in one, to take instead of a value.
_REFERENCE_NAME = re.compile(r"(?:.*_)?(?:pull|external)_secret|existing_(?:.*_)?secret(?:_.*)?")
_REFERENCE = re.compile(
    r"arn:[^\s]+|urn:[^\s]+|projects/[^\s]+"  # the name of a thing that holds the secret
    r"|\$\{[^}]+\}|\$[A-Z_][A-Z0-9_]*|\{\{[^}]+\}\}"  # a place to be filled in elsewhere
    r"|\*+|\[secret\]"  # a value that was hidden already
    r"|true|false|none|null"  # an answer to whether there is one
)

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        "a GitHub token": r"\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{50}",
        "a Docker Hub token": r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20}",
        "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20}",
        "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z2-7]{16}\b",
        "a Google API key": r"\bAIza[A-Za-z0-9_-]{35}",
        "a Google access token": r"\bya29\.[A-Za-z0-9_-]{20}",
        # The first bytes of such a key file, as JSON with and without indentation.
        "a Google service account key": r"\b(?:eyJ0eXBlIjogInNl|ewogICJ0eXBlIjogInNl)cnZpY2VfYWNjb3VudCI",
        "a Pulumi access token": r"\bpul-[0-9a-f]{40}\b",
        "a private key": r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----",
        "a docker config with a login": r'"auth"\s*:\s*"[A-Za-z0-9+/]{12,}={0,2}"|"identitytoken"\s*:\s*"[^"]',
        "a URL with a password": r"[a-z][a-z0-9+.-]*://[^\s/:@\"',<>]*:(?![$%{*])[^\s/:@\"',<>]+@",
    }
)
"""What a secret can be seen to be, and the text that gives it away, anywhere in a value."""

_LABELS = tuple(FORMATS)
_ANY_FORMAT = re.compile("|".join(f"(?P<f{position}>{pattern})" for position, pattern in enumerate(FORMATS.values())))


# The same few names come with every resource.
@lru_cache(maxsize=4096)
def names_a_secret(name: str) -> bool:
    """Whether a property or variable of this name holds a secret. Any spelling: camelCase, snake_case, UPPER."""
    words = _WORD_START.sub("_", name).lower().strip("_")
    return _SECRET_NAME.fullmatch(words) is not None and _REFERENCE_NAME.fullmatch(words) is None


def secret_format(value: str) -> str | None:
    """What kind of secret `value` contains, in words; None where no known one does."""
    found = _ANY_FORMAT.search(value)
    return _LABELS[int(str(found.lastgroup)[1:])] if found else None


def is_reference(value: str) -> bool:
    """Whether `value` only says where a secret is, or whether there is one, and is none itself."""
    return _REFERENCE.fullmatch(value.strip()) is not None
