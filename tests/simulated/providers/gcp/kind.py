"""What is the same for every simulated Google type: the frame in which one type is a few lines.

Owns: project and location from the provider, whether the API is on, the wording of errors, labels, the deletion
policy, and what a read gives back. Does not own: the rules of one type; a subclass beside this module says them as
`names`, `identity`, `judge`, `outputs` and `leave`.

There is no emulator of Google. So a type is entries in the store: the inputs are held against the SDK's own types,
then against the rules that Google's documentation and its provider's source state, and against what else is in the
store. What no documentation states, such as how long a grant takes to be believed, is not simulated.
"""

from typing import ClassVar

from tests.simulated.behaviour import Call, CloudError, State, Stored
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import labels
from tests.simulated.providers.gcp.place import admit, project
from tests.simulated.providers.gcp.words import EXISTS, NOT_FOUND, RefusedError, text, worded
from tests.simulated.store import Key
from tests.simulated.wire import Properties, Secret, Value, plain


class Kind(Stored):
    """One Google type. The id is the resource's full name and unique in the whole of Google."""

    api: ClassVar[str]
    """The API that has to be on in the project."""
    noun: ClassVar[str]
    """As the provider names it in an error: `Repository`."""
    labelled: ClassVar[bool] = False
    """It has labels that the provider's default labels are merged into."""
    exists: ClassVar[str] = EXISTS
    """What Google says to a second one of that id; `{id}` is put in."""
    overwrites: ClassVar[bool] = False
    """A second one of the same id is not refused: whoever comes last has it."""
    numbered: ClassVar[bool] = False
    """Its id is the next of those that there are, so that two made at once are never one."""
    secret: ClassVar[frozenset[str]] = frozenset()
    """Properties that the provider marks as secret, whatever the program did."""

    def __init__(self) -> None:
        self.replace_on_change = self.replace_on_change | {"project"}

    # What a type says of itself.

    def unset(self, call: Call) -> Properties:
        """What the provider or Google takes for the properties that are not set."""
        return {}

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        """The outputs that nobody sets, and what Google fills in."""
        return {}

    def rules(self, inputs: Properties) -> list[Mistake]:
        """What the provider refuses by itself. What is not known yet passes."""
        return []

    def names(self, inputs: Properties) -> None:
        """Refuses, by a RefusedError, a name that Google does not take."""

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        """Refuses, by a RefusedError, what Google refuses; `before` is None for a new one."""

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        """Takes the resource out of the store, and with it what goes with it. May raise RefusedError."""
        call.store.drop(self._key(call, id_))

    def gone(self, properties: Properties) -> bool:
        """Whether what the store still keeps counts as deleted."""
        return False

    def owner(self, call: Call, properties: Properties) -> str:
        """The id of the project that the resource is in."""
        return project(call.config, properties)

    # What follows from that.

    def defaults(self, call: Call) -> Properties:
        settable = call.types.inputs if call.types else {}
        found: Properties = {}
        if "project" in settable and not settable["project"].required and text(call.config, "project"):
            found["project"] = text(call.config, "project")
        if "location" in settable and not settable["location"].required and text(call.config, "region"):
            found["location"] = text(call.config, "region")
        if "deletionPolicy" in settable:
            found["deletionPolicy"] = text(call.config, "deletionPolicy") or "DELETE"
        return {**found, **self.unset(call)}

    def mistakes(self, inputs: Properties) -> list[Mistake]:
        return [*(labels.mistakes(inputs) if self.labelled else []), *self.rules(inputs)]

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        found = self.outputs(call, id_, properties)
        if self.labelled:
            manages = labels.managed(call.config, properties.get("labels"))
            found |= {"pulumiLabels": manages, "effectiveLabels": dict(manages)}
        return found

    def outdated(self, call: Call, olds: Properties) -> frozenset[str]:
        """The provider's default labels are others by now, or somebody took one of them away."""
        if not self.labelled or "pulumiLabels" not in olds:
            return frozenset()
        same = plain(olds["pulumiLabels"]) == labels.managed(call.config, olds.get("labels"))
        return frozenset() if same else frozenset({"pulumiLabels"})

    def create(self, call: Call, inputs: Properties) -> State:
        with worded(f"Error creating {self.noun}"):
            admit(call.store, self.owner(call, inputs), self.api)
            self.names(inputs)
            while True:
                id_ = self.identity(call, inputs)
                properties = self._whole(call, id_, inputs)
                self.judge(call, id_, properties, None)
                key = self._key(call, id_)
                if call.store.add(key, properties) or (self.overwrites and call.store.put(key, properties)):
                    break
                if not self.numbered:
                    raise RefusedError(409, self.exists.format(id=id_))
        return State(id_, self._revealed(properties))

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        found = call.store.get(self._key(call, id_), known)
        if found is None or self.gone(found):
            return None
        with worded(f'Error when reading or editing {self.noun} "{id_}"'):
            admit(call.store, self.owner(call, found), self.api)
        if self.labelled:
            there, own = found.get("effectiveLabels"), known.get("labels")
            manages = known.get("pulumiLabels")
            found["labels"] = labels.seen(there, own)
            found["pulumiLabels"] = labels.seen(there, there if manages is None else manages)
        return self._revealed(found)

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        with worded(f'Error updating {self.noun} "{id_}"'):
            admit(call.store, self.owner(call, {**olds, **inputs}), self.api)
            before = call.store.get(self._key(call, id_), olds)
            if before is None or self.gone(before):
                raise RefusedError(404, NOT_FOUND)
            properties = self._whole(call, id_, inputs)
            properties |= {name: before[name] for name in self.stable if name in before and name not in inputs}
            if self.labelled:
                properties["effectiveLabels"] = labels.effective(
                    before.get("effectiveLabels"), olds.get("pulumiLabels"), _as_map(properties["pulumiLabels"])
                )
            self.judge(call, id_, properties, before)
            call.store.put(self._key(call, id_), properties)
        return self._revealed(properties)

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        policy = text(olds, "deletionPolicy")
        if policy == "PREVENT":
            raise CloudError(
                f'cannot destroy "{id_}" without setting deletion_policy="DELETE" and running `terraform apply`'
            )
        if policy == "ABANDON" or call.store.get(self._key(call, id_), {}) is None:
            return
        with worded(f'Error when reading or editing {self.noun} "{id_}"'):
            admit(call.store, self.owner(call, olds), self.api)
            self.leave(call, id_, olds)

    def _key(self, call: Call, id_: str) -> Key:
        return Key(call.token, "", id_)

    def _revealed(self, properties: Properties) -> Properties:
        return {name: self._secret(name, value) for name, value in properties.items()}

    def _secret(self, name: str, value: Value) -> Value:
        return Secret(value) if name in self.secret and not isinstance(value, Secret) else value


def _as_map(value: Value) -> Properties:
    return value if isinstance(value, dict) else {}
