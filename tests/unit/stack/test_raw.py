"""The config as the engine hands it over."""

import pytest

from stack._raw import KEYS, decode, misspelt_namespaces, secret_keys

NS = "snapdeploy-registry:"


def test_objects_are_decoded_and_texts_are_not() -> None:
    config = {f"{NS}registries": '{"main":{"port":5000}}', f"{NS}environment": "123", f"{NS}unknown": "{}"}
    assert decode(config) == {"registries": {"main": {"port": 5000}}, "environment": "123", "unknown": "{}"}


def test_other_namespaces_are_not_ours() -> None:
    assert decode({"aws:region": "x", "pulumi:tags": "{}", "registries": "{}"}) == {}


@pytest.mark.parametrize("text", ["{a", "", "[" * 100_000, "9" * 5000])
def test_what_cannot_be_decoded_stays_text_for_its_key_to_be_reported(text: str) -> None:
    assert decode({f"{NS}tags": text}) == {"tags": text}


def test_secret_keys_are_those_that_the_engine_marked() -> None:
    assert secret_keys(KEYS, {f"{NS}tags", "aws:primary"}.__contains__) == {"tags"}


@pytest.mark.parametrize("namespace", ["snapdeploy-registy", "snapdeploy_registry", "snapdeployregistry"])
def test_a_misspelt_namespace_is_told(namespace: str) -> None:
    (problem,) = misspelt_namespaces([f"{namespace}:tags"])
    assert problem.mend == "write `snapdeploy-registry:tags`"
    assert namespace in problem.what


def test_other_namespaces_are_left_alone() -> None:
    assert misspelt_namespaces(["aws:region", "snapdeploy-registry:tags", "github:owner", "snapdeploy:x"]) == []
