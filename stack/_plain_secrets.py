"""Finds secrets that are written in plain in the config.

Owns: walking a model's values for what it declares secret. Does not own the report. In plain, a secret would stand in
git, and in the engine's history for as long as that is kept, whatever becomes of it in the state.
"""

from collections.abc import Iterator, Mapping

from pydantic import SecretStr

from components._settings import Settings
from stack._file import Place
from stack._report import Report


def check(settings: Settings, place: Place, report: Report) -> None:
    """Reports each secret in `settings` that the config does not hold encrypted."""
    for at in _secrets(settings, place):
        if not report.hides(at):
            report.add(
                at,
                "is a secret, and written in plain",
                f"run `pulumi config set --secret --path '{report.dotted(at)}'`, which asks for it; "
                "and make a new one, since this one has been seen",
                "it would be in git, and in the history of every update",
            )


def _secrets(value: object, place: Place) -> Iterator[Place]:
    if isinstance(value, SecretStr):
        yield place
    elif isinstance(value, Settings):
        for name, field in type(value).model_fields.items():
            yield from _secrets(getattr(value, name), (*place, field.alias or name))
    elif isinstance(value, Mapping):
        for key, child in value.items():
            yield from _secrets(child, (*place, str(key)))
