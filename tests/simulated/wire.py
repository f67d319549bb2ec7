"""Property values as the engine sends them: what a protobuf struct means in Python.

Owns: secrets, unknowns, references and assets on the wire. Does not own: what type a value
should have (`checker`) nor how it is kept (`store`). The SDK's own `PropertyValue` is not
used because it reads an unknown as the text that stands for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

# The engine has one text for each type of unknown; a provider may answer with any of them.
# https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/resource/plugin/rpc.go#L65-L86
_UNKNOWNS = frozenset(
    {
        rpc.UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_SIGNATURE = rpc._special_sig_key
_SECRET = rpc._special_secret_sig
_OUTPUT = rpc._special_output_value_sig
_RESOURCE = rpc._special_resource_sig
_BLOBS = {rpc._special_asset_sig: "asset", rpc._special_archive_sig: "archive"}


class Unknown(Enum):
    """A value that only the update itself will bring; there is one, `UNKNOWN`."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True)
class Secret:
    """A value that nobody may see. Its text form does not show it."""

    value: "Value"

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True)
class Reference:
    """Another resource, passed whole."""

    urn: str
    id: "Value" = None


@dataclass(frozen=True)
class Blob:
    """An asset or an archive. Kept as it came: the simulation never opens one."""

    signature: str
    fields: "Properties"

    @property
    def kind(self) -> str:
        """`asset` or `archive`."""
        return _BLOBS[self.signature]


Value: TypeAlias = bool | float | str | list["Value"] | dict[str, "Value"] | Unknown | Secret | Reference | Blob | None
Properties: TypeAlias = dict[str, Value]


def decode(message: struct_pb2.Value) -> Value:
    """The value in `message`. Raises ValueError for a signature that the protocol does not have."""
    match message.WhichOneof("kind"):
        case "bool_value":
            return message.bool_value
        case "number_value":
            return message.number_value
        case "string_value":
            return UNKNOWN if message.string_value in _UNKNOWNS else message.string_value
        case "list_value":
            return [decode(item) for item in message.list_value.values]
        case "struct_value":
            return _decode_struct(message.struct_value)
        case _:
            return None


def _decode_struct(message: struct_pb2.Struct) -> Value:
    fields = {name: decode(field) for name, field in message.fields.items()}
    signature = fields.pop(_SIGNATURE, None)
    if signature is None:
        return fields
    if signature == _SECRET:
        return Secret(fields.get("value"))
    if signature == _OUTPUT:
        value = fields.get("value", UNKNOWN)
        return Secret(value) if fields.get("secret") is True else value
    if signature == _RESOURCE:
        return Reference(str(fields.get("urn")), fields.get("id"))
    if isinstance(signature, str) and signature in _BLOBS:
        return Blob(signature, fields)
    raise ValueError(f"the engine sent a value with the signature {signature!r}, which this simulation does not know")


def decode_properties(message: struct_pb2.Struct) -> Properties:
    """The properties in `message`; one that is null is one that is not there."""
    decoded = {name: decode(field) for name, field in message.fields.items()}
    return {name: value for name, value in decoded.items() if value is not None}


def encode(value: Value) -> struct_pb2.Value:
    """`value` as the engine reads it."""
    match value:
        case None:
            return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
        case bool():
            return struct_pb2.Value(bool_value=value)
        case int() | float():
            return struct_pb2.Value(number_value=value)
        case str():
            return struct_pb2.Value(string_value=value)
        case Unknown():
            return struct_pb2.Value(string_value=rpc.UNKNOWN)
        case list():
            return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[encode(item) for item in value]))
        case dict():
            return struct_pb2.Value(struct_value=encode_properties(value))
        case Secret():
            return encode({_SIGNATURE: _SECRET, "value": value.value})
        case Reference():
            return encode({_SIGNATURE: _RESOURCE, "urn": value.urn, "id": value.id})
        case Blob():
            return encode({_SIGNATURE: value.signature, **value.fields})


def encode_properties(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """`properties` as the engine reads them."""
    return struct_pb2.Struct(fields={name: encode(value) for name, value in properties.items()})


def plain(value: Value) -> Value:
    """`value` with every secret opened: for the one call that has to hand it over, never for text."""
    match value:
        case Secret():
            return plain(value.value)
        case list():
            return [plain(item) for item in value]
        case dict():
            return {name: plain(item) for name, item in value.items()}
        case _:
            return value


def has_unknown(value: Value) -> bool:
    """Whether any part of `value` is not known yet."""
    match value:
        case Unknown():
            return True
        case Secret():
            return has_unknown(value.value)
        case list():
            return any(has_unknown(item) for item in value)
        case dict():
            return any(has_unknown(item) for item in value.values())
        case _:
            return False


def secret_texts(value: Value, *, inside: bool = False) -> Iterator[str]:
    """Every text that is secret in `value`, so that messages can be kept free of it."""
    match value:
        case Secret():
            yield from secret_texts(value.value, inside=True)
        case str():
            if inside and value:
                yield value
        case list():
            for item in value:
                yield from secret_texts(item, inside=inside)
        case dict():
            for item in value.values():
                yield from secret_texts(item, inside=inside)
        case _:
            return


def without_secrets(message: str, *values: Value) -> str:
    """`message` with every secret text of `values` blanked out."""
    for text in sorted({text for value in values for text in secret_texts(value)}, key=len, reverse=True):
        message = message.replace(text, "[secret]")
    return message
