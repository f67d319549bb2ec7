"""What is the same for every resource: naming, defaults, previews, what a refresh and an import bring."""

from pathlib import Path

import pytest

from tests.simulated.behaviour import Call, CloudError, Stored
from tests.simulated.faults import Faults
from tests.simulated.lifecycle import Lifecycle, Naming, Resource
from tests.simulated.provider import Invoke, Provider, load
from tests.simulated.sdk import Sdk
from tests.simulated.store import Key, Store
from tests.simulated.wire import UNKNOWN, Properties, Secret
from tests.unit.simulated.conftest import TOY_BOX

BOX = Resource(TOY_BOX, "box")
LID = Resource("toy:shop/all:Lid", "lid")
RED: Properties = {"colour": "red"}


class Box(Stored):
    """A resource with everything that a behaviour can declare."""

    replace_on_change = frozenset({"colour", "name"})
    stable = frozenset({"serialNumber"})
    write_only = frozenset({"rest"})
    named_by = "name"

    def defaults(self, call: Call) -> Properties:
        return {"weight": 1.0}

    def identity(self, call: Call, inputs: Properties) -> str:
        return str(inputs["name"])

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"serialNumber": 7, "madeIn": f"weighs {properties['weight']}"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "simulated", "toy")


@pytest.fixture
def life(sdk: Sdk, store: Store, tmp_path: Path) -> Lifecycle:
    provider = Provider(
        name="toy",
        package="pulumi_toy",
        behaviours={TOY_BOX: Box()},
        invokes={"toy:index:count": Invoke(lambda config, arguments: {"count": 3.0}, frozenset({"of"}))},
    )
    return Lifecycle(provider, store, Faults(tmp_path), sdk)


def _named(life: Lifecycle, olds: Properties, news: Properties, **naming: object) -> Properties:
    inputs, mistakes = life.check(BOX, olds, news, Naming(seed=b"\xab" * 8, **naming))  # type: ignore[arg-type]
    assert mistakes == []
    return inputs


def test_a_name_of_the_providers_own_is_made_once_and_kept(life: Lifecycle) -> None:
    made = _named(life, {}, RED)
    assert made == {"colour": "red", "name": "box-abababa", "__defaults": ["name"]}
    again = life.check(BOX, made, RED, Naming(seed=b"\xcd" * 8))
    assert again == (made, [])


def test_a_name_that_the_program_gave_up_is_not_kept(life: Lifecycle) -> None:
    assert _named(life, {**RED, "name": "mine"}, RED)["name"] == "box-abababa"


def test_the_engine_may_name_it(life: Lifecycle) -> None:
    assert _named(life, {}, RED, proposed="as-told")["name"] == "as-told"
    _, mistakes = life.check(BOX, {}, RED, Naming(disabled=True))
    assert "automatic naming of toy:shop/toyBox:ToyBox is switched off" in str(mistakes[0])


def test_what_others_keep_among_the_inputs_is_no_property(life: Lifecycle) -> None:
    assert "__internal" not in _named(life, {}, {**RED, "__internal": {"x": "y"}})


def test_a_preview_makes_up_nothing_and_leaves_nothing(life: Lifecycle, store: Store) -> None:
    made = life.create(BOX, {**RED, "name": "b"}, preview=True)
    assert made.id == ""
    assert made.properties == {"colour": "red", "name": "b", "weight": 1.0, "serialNumber": UNKNOWN, "madeIn": UNKNOWN}
    assert store.held() == []


def test_an_update_is_previewed_with_what_stays(life: Lifecycle, store: Store) -> None:
    olds = life.create(BOX, {**RED, "name": "b"}, preview=False).properties
    seen = life.update(BOX, "b", olds, {**RED, "name": "b", "weight": 2.0}, preview=True)
    assert (seen["serialNumber"], seen["madeIn"], seen["weight"]) == (7, UNKNOWN, 2.0)
    assert store.get(Key(TOY_BOX, "", "b"), {}) == olds


def test_a_replacement_of_the_same_name_deletes_first(life: Lifecycle) -> None:
    old: Properties = {**RED, "name": "b"}
    named = life.diff(BOX, old, old, {"colour": "blue", "name": "b"})
    assert (named.replaces, named.delete_first) == (("colour",), True)
    automatic: Properties = {"colour": "blue", "name": "b", "__defaults": ["name"]}
    assert not life.diff(BOX, old, old, automatic).delete_first
    assert not life.diff(BOX, old, old, {**RED, "name": "c"}).delete_first
    assert not life.diff(BOX, old, old, {**old, "weight": 2.0}).delete_first


def test_saying_the_default_and_leaving_it_unsaid_is_the_same(life: Lifecycle) -> None:
    olds = life.create(BOX, {**RED, "name": "b"}, preview=False).properties
    unsaid: Properties = {**RED, "name": "b"}
    said: Properties = {**unsaid, "weight": 1.0}
    assert life.diff(BOX, olds, unsaid, said).changes == ()
    assert life.diff(BOX, olds, said, unsaid).changes == ()
    assert len(life.diff(BOX, olds, {**said, "weight": 5.0}, unsaid).changes) == 1


def test_a_refresh_brings_what_is_and_keeps_what_cannot_be_read(life: Lifecycle, store: Store) -> None:
    inputs: Properties = {
        **RED,
        "name": "b",
        "rest": "only written",
        "labels": {"a": Secret("s")},
        "__defaults": ["name"],
    }
    olds = life.create(BOX, inputs, preview=False).properties
    assert life.read(BOX, "b", olds, inputs) == (inputs, olds)

    store.drift(Key(TOY_BOX, "", "b"), {"colour": "blue", "weight": 9.0, "rest": None})
    found = life.read(BOX, "b", olds, inputs)
    assert found is not None
    # What the program never set is among the inputs now, or the next update would not see it.
    assert found[0] == {**inputs, "colour": "blue", "weight": 9.0}
    assert found[1]["rest"] == "only written"


def test_an_import_brings_what_was_set_without_what_cannot_be_read(life: Lifecycle) -> None:
    life.create(BOX, {**RED, "name": "b", "rest": "x", "labels": {"a": Secret("s")}}, preview=False)
    found = life.read(BOX, "b", {}, {})
    assert found is not None
    assert found[0] == {"colour": "red", "name": "b"}
    assert found[1] == {"colour": "red", "name": "b", "weight": 1.0, "serialNumber": 7, "madeIn": "weighs 1.0"}


def test_what_is_gone_is_read_as_gone_and_deleting_it_is_no_error(life: Lifecycle) -> None:
    assert life.read(BOX, "b", {}, {}) is None
    life.delete(BOX, "b", {})
    with pytest.raises(CloudError, match="not found"):
        life.update(BOX, "b", {}, {**RED, "name": "b"}, preview=False)


def test_a_type_without_a_behaviour_is_kept_with_plainly_made_up_outputs(
    sdk: Sdk, store: Store, tmp_path: Path
) -> None:
    life = Lifecycle(Provider(name="toy", package="pulumi_toy"), store, Faults(tmp_path), sdk)
    made = life.create(BOX, RED, preview=False)
    assert made.id.startswith("simulated-box-")
    assert made.properties == {"colour": "red", "serialNumber": 0, "madeIn": f"simulated-{made.id}-madeIn"}
    assert life.update(BOX, made.id, made.properties, {"colour": "blue"}, preview=False) == {
        **made.properties,
        "colour": "blue",
    }


def test_a_function_is_answered_or_refused_and_never_guessed(life: Lifecycle) -> None:
    assert life.invoke("toy:index:count", {"of": "boxes"}) == {"count": 3.0}
    with pytest.raises(CloudError, match=r"no argument 'off'; did you mean 'of'\?"):
        life.invoke("toy:index:count", {"off": "boxes"})
    with pytest.raises(
        CloudError, match=r"(?s)does not answer toy:index:counts; did you mean.*mend: .*providers/toy\.py"
    ):
        life.invoke("toy:index:counts", {})


@pytest.mark.parametrize("name", ["nowhere", "../aws", "os.path", "", "__init__"])
def test_a_provider_is_found_by_its_own_name_only(name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        load(name)
