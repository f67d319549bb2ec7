"""docs/schema.json is what the components say of themselves to programs in other languages."""

from tests.support.schema import FILE, schema, text


def test_the_schema_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "write it anew: python -m tests.support.schema"


def test_every_registry_has_the_whole_contract_and_words_for_each_of_its_arguments() -> None:
    contract = {"kind", "host", "registry", "auth", "scan", "retention", "immutable", "expiresAt"}
    for name, resource in schema()["resources"].items():
        assert contract <= set(resource["properties"]), name
        assert resource["description"], name
        wordless = [key for key, value in resource["inputProperties"].items() if not value.get("description")]
        assert not wordless, f"{name}: {wordless}"
