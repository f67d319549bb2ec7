"""The table of components: lazy, and only ever naming what can be told what to do."""

import subprocess
import sys
from pathlib import Path

import pytest

from components._settings import DotenvSettings, LocalSettings, Settings
from components._table import REGISTRIES, TARGETS, load
from contract.kinds import Kind, Target
from stack._groups import BuilderSettings, SmokeTestSettings
from stack._models import keys

ROOT = Path(__file__).resolve().parents[3]


def test_a_class_is_loaded_by_its_name() -> None:
    assert load("collections:OrderedDict").__name__ == "OrderedDict"


@pytest.mark.parametrize(
    ("path", "error"),
    [("nowhere.at_all:X", ImportError), ("collections:Absent", AttributeError), ("os:getcwd", TypeError)],
)
def test_a_wrong_line_in_the_table_is_a_plain_python_error(path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        load(path)


def test_reading_the_table_imports_no_component() -> None:
    program = (
        "import sys, components._table as table\n"
        "loaded = [path.partition(':')[0] for path in (*table.REGISTRIES.values(), *table.TARGETS.values())]\n"
        "sys.exit(1 if set(loaded) & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == 0


def test_only_words_of_the_contract_are_in_the_table() -> None:
    assert set(REGISTRIES) <= set(Kind)
    assert set(TARGETS) <= set(Target)


@pytest.mark.parametrize("path", [*REGISTRIES.values(), *TARGETS.values()])
def test_every_class_in_the_table_says_what_it_may_be_told(path: str) -> None:
    assert issubclass(vars(load(path))["Settings"], Settings)


@pytest.mark.parametrize("model", [LocalSettings, DotenvSettings, BuilderSettings, SmokeTestSettings])
def test_every_field_states_its_meaning_and_an_example_that_works(model: type[Settings]) -> None:
    for name, field in model.model_fields.items():
        if name in {"kind", "target"}:
            continue
        assert field.description, name
        assert field.examples, name
        values = {"registry": "main", name: field.examples[0]} if "registry" in model.model_fields else {}
        assert model.model_validate(values or {name: field.examples[0]})


def test_keys_are_camel_case() -> None:
    assert keys(LocalSettings) == ["kind", "namespace", "port", "tls", "username", "passwordRotation"]
