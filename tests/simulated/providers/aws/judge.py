"""Whether the arguments of a call are what AWS takes, by AWS's own description of it in botocore.

Owns: finding every mistake in the arguments of one call. botocore itself checks names, types,
lower limits and what is required; here also enumerations, patterns and upper limits. An
emulator checks few of them, and the store has nobody else to ask.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

# A pattern in a description is Java's. What Python cannot read is not held against anybody.
_FOREIGN = re.compile(r"\\p\{")


class RefusedError(Exception):
    """AWS would not take these arguments. The message begins with AWS's code for that."""


class Passed(Exception):
    """The arguments of the first call are right."""


class Judge:
    """Stands in for a client: judges the first call that is made, makes none, and raises Passed."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __getattr__(self, method: str) -> Callable[..., Any]:
        from botocore.validate import ParamValidator

        model = _operation(self._service, method)

        def judged(**arguments: Any) -> None:
            judge(self._service, model, arguments)
            report = ParamValidator().validate(arguments, model.input_shape)
            if report.has_errors():
                raise RefusedError(f"Parameter validation failed:\n{report.generate_report()}")
            raise Passed

        return judged


@cache
def _operation(service: str, method: str) -> Any:
    import botocore.session
    from botocore import xform_name

    model: Any = botocore.session.get_session().get_service_model(service)
    (name,) = [name for name in model.operation_names if xform_name(name) == method]
    return model.operation_model(name)


def judge(service: str, model: Any, arguments: dict[str, Any]) -> None:
    """Raises RefusedError with every value that does not fit `model`."""
    if model.input_shape is None:
        return
    found = list(_mistakes(model.input_shape, arguments, ""))
    if not found:
        return
    if service == "ecr":
        path, rule = found[0]
        raise RefusedError(
            f"InvalidParameterException: Invalid parameter at '{path}' failed to satisfy constraint: '{rule}'"
        )
    told = "; ".join(f"Value at '{path}' failed to satisfy constraint: {rule}" for path, rule in found)
    number = f"{len(found)} validation error{'s' if len(found) > 1 else ''} detected"
    raise RefusedError(f"{'ValidationError' if service == 'iam' else 'ValidationException'}: {number}: {told}")


def _mistakes(shape: Any, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The path of each wrong value and the rule that it breaks; never the value, which may be a secret."""
    match shape.type_name, value:
        case "structure", dict():
            for name, member in shape.members.items():
                if name in value:
                    yield from _mistakes(member, value[name], f"{path}.{name}" if path else name)
        case "list", list():
            yield from _size(shape, len(value), path)
            for position, item in enumerate(value, 1):
                yield from _mistakes(shape.member, item, f"{path}.{position}.member")
        case "map", dict():
            yield from _size(shape, len(value), path)
            for name, item in value.items():
                yield from _mistakes(shape.key, name, f"{path}.key")
                yield from _mistakes(shape.value, item, f"{path}.{name}")
        case "string", str():
            yield from _text(shape, value, path)
        case (("integer" | "long" | "double" | "float"), int() | float()):
            yield from _number(shape, value, path)


def _text(shape: Any, value: str, path: str) -> Iterator[tuple[str, str]]:
    if shape.enum and value not in shape.enum:
        yield path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]"
    pattern = shape.metadata.get("pattern")
    if pattern and not _FOREIGN.search(pattern):
        try:
            fits = re.search(f"^(?:{pattern})$", value, re.DOTALL) is not None
        except re.error:
            fits = True
        if not fits:
            yield path, f"Member must satisfy regular expression pattern: {pattern}"
    yield from _size(shape, len(value), path)


def _size(shape: Any, length: int, path: str) -> Iterator[tuple[str, str]]:
    if length > shape.metadata.get("max", length):
        yield path, f"Member must have length less than or equal to {shape.metadata['max']}"


def _number(shape: Any, value: float, path: str) -> Iterator[tuple[str, str]]:
    if value > shape.metadata.get("max", value):
        yield path, f"Member must have value less than or equal to {shape.metadata['max']}"
