"""What is the same for every simulated AWS type: the frame in which one type is a few lines.

Owns: choosing between the emulator and the store, the wording of errors, tags, documents,
secrets, and the shape in which a resource is read back. Does not own: the calls of one type;
a subclass beside this module says them as `make`, `find`, `change` and `remove`.

Without an emulator the same `make` is called with a judge in the client's place, so that
arguments which AWS would refuse are refused by the store too. What the store cannot know is
whether what an argument points to exists.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from tests.simulated import documents
from tests.simulated.behaviour import Call, CloudError, State, Stored
from tests.simulated.providers.aws.emulator import Emulator, code, worded
from tests.simulated.providers.aws.judge import Judge, Passed
from tests.simulated.providers.aws.place import Place, all_tags, place
from tests.simulated.providers.aws.shape import as_python, in_order, own_tags, sealed
from tests.simulated.providers.aws.tagging import Tagging
from tests.simulated.store import Key
from tests.simulated.wire import Properties, Secret, Value, plain

MADE = "2026-01-01T00:00:00Z"
"""When everything in the store was made: it has no clock, so that two runs look the same."""

_GONE = frozenset({"NoSuchEntity", "NotFound", "NotFoundException", "ParameterNotFound", "ResourceNotFound"})


@dataclass(frozen=True)
class Task:
    """One operation on one resource: where it is, and what it should be or was last known to be."""

    aws: Any
    """The client of the type's service, or what judges in its place."""
    place: Place
    want: dict[str, Any]
    """Every property in plain Python: secrets opened, documents as text, whole numbers as such."""
    tagged: dict[str, Any]
    """The argument that tags a new resource; empty where there is no tag."""

    def pick(self, **arguments: str) -> dict[str, Any]:
        """Arguments by their name in AWS's call, each from the property named; what is not set is left out."""
        return {name: self.want[own] for name, own in arguments.items() if self.want.get(own) not in (None, "", [], {})}


class Kind(Stored):
    """One AWS type."""

    service: ClassVar[str]
    noun: ClassVar[str]
    """As the provider names it in an error: `ECR Repository`."""
    exists: ClassVar[str] = "EntityAlreadyExists: {id} already exists."
    """What AWS says to a second one of that id."""
    gone: ClassVar[str] = "NoSuchEntity: {id} cannot be found."
    """What AWS says to an update of one that is not there."""
    account_wide: ClassVar[bool] = False
    """One for all regions, as in IAM."""
    overwrites: ClassVar[bool] = False
    """A second one of the same id is not refused: AWS's call puts, and whoever comes last has it."""
    stored_only: ClassVar[bool] = False
    """The emulator does not know it."""
    tagging: ClassVar[Tagging | None] = None
    secret: ClassVar[frozenset[str]] = frozenset()
    """Properties that the provider marks as secret, whatever the program did."""

    def __init__(self, emulator: Emulator | None) -> None:
        self._emulator = None if self.stored_only else emulator
        self.write_only = self.write_only | {"namePrefix"}

    # What a type says of itself.

    def unset(self, call: Call) -> Properties:
        """What AWS takes for the properties that are not set."""
        return {}

    def outputs(self, at: Place, id_: str, properties: Properties) -> Properties:
        """The outputs that nobody sets, as far as they follow from the rest."""
        return {}

    def make(self, task: Task) -> str | tuple[str, Properties] | None:
        """Makes it. Returns the id that AWS gave, with what it tells only once; None where `identity` knows the id."""
        raise NotImplementedError

    def find(self, task: Task, id_: str) -> dict[str, Any] | None:
        """Its properties as they are now, or None. An error that says it is not there counts as None."""
        raise NotImplementedError

    def change(self, task: Task, id_: str, before: dict[str, Any]) -> None:
        """Makes it what the task wants. Where AWS's call puts, that is making it again."""
        self.make(task)

    def remove(self, task: Task, id_: str) -> None:
        """Takes it away. An error that says it is not there is none."""
        raise NotImplementedError

    def judge(self, task: Task) -> None:
        """Refuses, by a RefusedError, what AWS refuses and neither botocore's model nor the emulator does."""

    def beyond(self, task: Task) -> bool:
        """Whether AWS takes this and the emulator does not know it: then the store keeps this one."""
        return False

    def kept(self, properties: Properties) -> Properties:
        """How the store keeps it: what AWS gives back to anybody who may read must not be sealed."""
        return properties

    # What follows from that.

    def place(self, call: Call, properties: Properties) -> Place:
        """Where a resource with these properties is."""
        return place(call.config, properties)

    def defaults(self, call: Call) -> Properties:
        regional = call.types is None or "region" in call.types.inputs
        return {**self.unset(call), **({"region": place(call.config, {}).region} if regional else {})}

    def computed(self, call: Call, id_: str, properties: Properties) -> Properties:
        found = self.outputs(place(call.config, properties), id_, properties)
        tags = {"tagsAll": all_tags(call.config, properties.get("tags"))} if self.tagging else {}
        return {**found, **tags}

    def taken(self, call: Call, id_: str) -> str:
        told = self.exists.format(id=id_, account=place(call.config, {}).account)
        return f"creating {self.noun} ({id_}): {told}"

    def missing(self, call: Call, id_: str) -> str:
        told = self.gone.format(id=id_, account=place(call.config, {}).account)
        return f"updating {self.noun} ({id_}): {told}"

    def create(self, call: Call, inputs: Properties) -> State:
        wanted = self._texts(inputs)
        task = self._task(call, wanted)
        action = f"creating {self.noun} ({_label(task.want, call)})"
        if self._keeps(task, action):
            return self._create_stored(call, wanted)
        with worded(action):
            made = self.make(task)
        id_, once = made if isinstance(made, tuple) else (made or self.identity(call, wanted), {})
        return State(id_, {**self._now(call, id_, wanted), **once})

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        if self._stores():
            stored = super().read(call, id_, known)
            if stored is not None or self._emulator is None:
                return None if stored is None else self._revealed(stored)
        return self._found(call, id_, known)

    def update(self, call: Call, id_: str, olds: Properties, inputs: Properties) -> Properties:
        wanted = self._texts(inputs)
        task = self._task(call, wanted)
        action = f"updating {self.noun} ({id_})"
        lasting = {name: olds[name] for name in self.stable | self.write_only if name in olds and name not in wanted}
        if self._keeps(task, action):
            properties = {**self._whole(call, id_, wanted), **lasting}
            if not call.store.put(self._key(call, id_), self.kept(properties)):
                if self._emulator is None:
                    raise CloudError(self.missing(call, id_))
                self._remove(call, id_, olds)
                call.store.add(self._key(call, id_), self.kept(properties))
            return self._revealed(properties)
        if self._stores() and call.store.drop(self._key(call, id_)):
            with worded(action):
                self.make(task)
        with worded(action):
            before = self._task(call, olds).want
            self.change(task, id_, before)
            if self.tagging is not None:
                self.tagging.write(task.aws, {**before, **task.want, "id": id_}, task.want["tagsAll"])
        return {**lasting, **self._now(call, id_, wanted)}

    def delete(self, call: Call, id_: str, olds: Properties) -> None:
        if self._stores():
            dropped = call.store.drop(self._key(call, id_))
            if dropped or self._emulator is None:
                return
        self._remove(call, id_, olds)

    def _remove(self, call: Call, id_: str, olds: Properties) -> None:
        with worded(f"deleting {self.noun} ({id_})"):
            try:
                self.remove(self._task(call, olds), id_)
            except Exception as error:
                if not _is_gone(error):
                    raise

    def _stores(self) -> bool:
        """Whether one of this type may be in the store."""
        return self._emulator is None or type(self).beyond is not Kind.beyond

    def _keeps(self, task: Task, action: str) -> bool:
        """Whether the store keeps what the task wants; raises CloudError where AWS would refuse it."""
        with worded(action):
            self.judge(task)
            if self._emulator is not None and not self.beyond(task):
                return False
            judged = Task(Judge(self.service), task.place, task.want, task.tagged)
            with contextlib.suppress(Passed):
                self.make(judged)
        return True

    def _create_stored(self, call: Call, wanted: Properties) -> State:
        id_ = self.identity(call, wanted)
        properties = self._whole(call, id_, wanted)
        key, kept = self._key(call, id_), self.kept(properties)
        if not call.store.add(key, kept) and not (self.overwrites and call.store.put(key, kept)):
            raise CloudError(self.taken(call, id_))
        return State(id_, self._revealed(properties))

    def _revealed(self, properties: Properties) -> Properties:
        return {name: self._secret(name, value) for name, value in properties.items()}

    def _secret(self, name: str, value: Value) -> Value:
        return Secret(value) if name in self.secret and not isinstance(value, Secret) else value

    def _key(self, call: Call, id_: str) -> Key:
        scope = place(call.config, {}).account if self.account_wide else call.scope
        return Key(call.token, scope, id_)

    def _texts(self, inputs: Properties) -> Properties:
        return {name: documents.text(value) if name in self.documents else value for name, value in inputs.items()}

    def _task(self, call: Call, properties: Properties) -> Task:
        at = place(call.config, properties)
        want = as_python(plain({**self.defaults(call), **properties}))
        tags = {"tagsAll": as_python(plain(all_tags(call.config, properties.get("tags"))))} if self.tagging else {}
        client = self._emulator.client(self.service, at) if self._emulator else None
        tagged = self.tagging.argument(tags["tagsAll"]) if self.tagging else {}
        return Task(client, at, {**want, **tags}, tagged)

    def _now(self, call: Call, id_: str, wanted: Properties) -> Properties:
        """What the emulator says of a resource that must be there, after `wanted` was asked for."""
        found = self._found(call, id_, wanted)
        if found is None:
            raise CloudError(f"reading {self.noun} ({id_}): not found right after it was written")
        for name, value in wanted.items():
            if name not in self.write_only and not self._took(name, value, found.get(name)):
                raise CloudError(
                    f"the emulated {call.token} does not carry '{name}' as it was asked to\n"
                    f"mend: teach {type(self).__module__.replace('.', '/')}.py"
                )
        given = {**self.defaults(call), **wanted}
        return {**{name: given[name] for name in self.write_only & given.keys()}, **found}

    def _took(self, name: str, asked: Value, found: Value) -> bool:
        """Whether what was asked for is there. Only plain values are compared: AWS fills in what is inside a map."""
        if asked in (None, "", [], {}):
            return True
        if found is None or name in self.documents or isinstance(asked, dict | list):
            return found is not None
        return plain(asked) == plain(found)

    def _found(self, call: Call, id_: str, known: Properties) -> Properties | None:
        task = self._task(call, known)
        with worded(f"reading {self.noun} ({id_})"):
            try:
                found = self.find(task, id_)
                if found is not None and self.tagging is not None and "tagsAll" not in found:
                    found["tagsAll"] = self.tagging.read(task.aws, {**found, "id": id_})
            except Exception as error:
                if _is_gone(error):
                    return None
                raise
        if found is None:
            return None
        properties = self._texts({name: value for name, value in found.items() if value is not None})
        if call.types is not None and "region" in call.types.inputs:
            properties["region"] = task.place.region
        if self.tagging is not None:
            properties["tags"] = own_tags(all_tags(call.config, {}), found["tagsAll"], known.get("tags"))
        follows = self.computed(call, id_, {**self.defaults(call), **properties})
        # What is told only once is known to the engine alone, and not made up again.
        whole = {**{name: follows[name] for name in follows.keys() - self.write_only}, **properties}
        return {
            name: self._secret(name, self._as_known(name, known.get(name), value))
            for name, value in whole.items()
            if name != "tags" or value
        }

    def _as_known(self, name: str, known: Value, found: Value) -> Value:
        """`found`, in the form in which it was known where it means the same."""
        if name in self.documents and known is not None and documents.normal(known) == documents.normal(found):
            return known
        if isinstance(known, list) and isinstance(found, list):
            return in_order(known, found)
        return sealed(known, found)


def _is_gone(error: Exception) -> bool:
    name = code(error)
    return (
        name in _GONE or name.startswith("NoSuch") or name.endswith(("NotFoundException", ".NotFound", "NotFoundError"))
    )


def _label(want: Mapping[str, Any], call: Call) -> str:
    named = ("name", "repository", "prefix", "ecrRepositoryPrefix", "dashboardName", "targetId", "role", "user")
    return next((str(want[name]) for name in named if want.get(name)), call.name)
