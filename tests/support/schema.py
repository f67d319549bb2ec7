"""The registries' schema for programs in other languages, made from the components themselves.

`python -m tests.support.schema` writes docs/schema.json anew. Owns: which components it has. Does not own: the
analyzer, which is the SDK's, and is what `pulumi package add` would run.
"""

import json
from pathlib import Path
from typing import Any

from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema

from components._table import REGISTRIES, load

FILE = Path(__file__).resolve().parents[2] / "docs" / "schema.json"
_NAME = "snapdeploy-registry"


def schema() -> dict[str, Any]:
    """The package's schema, as the engine reads it."""
    analyzed = Analyzer(_NAME).analyze([load(path) for path in REGISTRIES.values()])
    made: dict[str, Any] = generate_schema(
        _NAME,
        "0.1.0",
        None,
        analyzed["component_definitions"],
        analyzed["type_definitions"],
        list(analyzed["dependencies"]),
    ).to_json()
    return made


def text() -> str:
    """The schema as the file has it."""
    return json.dumps(schema(), indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
