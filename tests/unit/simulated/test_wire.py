"""Values survive the wire, and secrets do not survive into text."""

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from tests.simulated.wire import (
    UNKNOWN,
    Blob,
    Reference,
    Secret,
    Value,
    decode,
    decode_properties,
    encode,
    encode_properties,
    has_unknown,
    plain,
    without_secrets,
)

SIGNATURE = "4dabf18193072939515e22adb298388d"

_scalars: st.SearchStrategy[Value] = st.one_of(
    st.booleans(), st.floats(allow_nan=False, allow_infinity=False), st.text(), st.just(UNKNOWN)
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner),
        st.dictionaries(st.text().filter(lambda name: name != SIGNATURE), inner),
        inner.map(Secret),
        st.builds(Reference, urn=st.text(), id=st.text()),
        st.builds(Blob, signature=st.just("c44067f5952c0a294b673a41bacd8c17"), fields=st.just({"text": "x"})),
    ),
    max_leaves=12,
)


@given(_values)
def test_what_is_sent_is_what_arrives(value: Value) -> None:
    assert decode(encode(value)) == value


def test_an_output_value_is_its_value_and_its_secrecy() -> None:
    def output(**fields: Value) -> struct_pb2.Value:
        return encode({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", **fields})

    assert decode(output(value="x", dependencies=["urn:…"])) == "x"
    assert decode(output(value="x", secret=True)) == Secret("x")
    assert decode(output(secret=True)) == Secret(UNKNOWN)


def test_a_signature_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="does not know"):
        decode(encode({SIGNATURE: "ffff"}))


def test_a_null_property_is_no_property() -> None:
    assert decode_properties(encode_properties({"a": None, "b": "x"})) == {"b": "x"}


def test_a_secret_is_not_in_its_text_form() -> None:
    assert "canary" not in repr({"a": [Secret({"b": "canary"})]})


def test_messages_are_cleared_of_every_secret_text() -> None:
    inputs: Value = {"a": Secret({"user": "me", "list": ["canary"]}), "b": "public"}
    assert without_secrets("canary of me is public, canary-2 too", inputs) == (
        "[secret] of [secret] is public, [secret]-2 too"
    )


def test_a_longer_secret_goes_before_a_shorter_one_in_it() -> None:
    assert without_secrets("abcdef", [Secret("abc"), Secret("abcdef")]) == "[secret]"


def test_secrets_can_be_opened_and_unknowns_found_at_any_depth() -> None:
    deep: Value = {"a": [Secret({"b": Secret("x")})]}
    assert plain(deep) == {"a": [{"b": "x"}]}
    assert not has_unknown(deep)
    assert has_unknown({"a": [Secret([UNKNOWN])]})
