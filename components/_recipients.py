"""Who gets alerts: the values that the watch of every cloud is told.

Owns: the rules of single values. Does not own: what else a cloud can send alerts to, or what is declared for it. Pure.
"""

import re
from typing import Annotated

from components._settings import Text, like

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LABEL = re.compile(r"[a-z][a-z0-9-]{0,30}")

Email = Annotated[Text, like(_EMAIL, "is not an e-mail address")]
"""An address that alerts go to."""

Label = Annotated[str, like(_LABEL, "is not a name: a-z, 0-9 and '-', beginning with a letter, at most 31")]
"""A name that its writer chooses, as a part of a resource's name."""
