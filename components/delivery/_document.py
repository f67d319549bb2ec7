"""The variables as a store that keeps one text holds them.

Owns: the document's form. Does not own: where it is kept, or that it is a secret there. Pure.
"""

import json
from collections.abc import Sequence


def document(names: Sequence[str], values: Sequence[str]) -> str:
    """The variables as one secret holds them: a JSON object of text, in the contract's order."""
    return json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False)
