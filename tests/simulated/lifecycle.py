"""What happens to a resource, in plain values: the check, the diff, and making, reading and removing it.

Owns: what is the same for every resource of every provider. Does not own: the wire
(`service`), or what one type does (`behaviour`).
"""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.simulated import difference, documents
from tests.simulated.behaviour import Behaviour, Call, CloudError, State
from tests.simulated.checker import Mistake, check
from tests.simulated.faults import Fault, Faults, Moment, Operation
from tests.simulated.provider import Lookup, Provider
from tests.simulated.sdk import ResourceTypes, Sdk, UnknownTokenError
from tests.simulated.store import UNREADABLE, Store
from tests.simulated.suggest import suggestion
from tests.simulated.wire import UNKNOWN, Properties, Secret, Value

# The bridged providers keep in the inputs, under this name, which of them they filled in themselves.
_DEFAULTED = "__defaults"
_POSITION = re.compile(r"\[\d+\]")
_ENGINES_OWN = frozenset({"version", "pluginDownloadURL", "pluginChecksums"})


class UnfinishedError(Exception):
    """The resource exists, and something after its making failed."""

    def __init__(self, message: str, state: State, inputs: Properties) -> None:
        super().__init__(message)
        self.state = state
        self.inputs = inputs


@dataclass(frozen=True)
class Resource:
    """The resource that a request is about."""

    token: str
    name: str


@dataclass(frozen=True)
class Naming:
    """How the engine wants a resource to be named that the program does not name."""

    seed: bytes = b""
    proposed: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class Difference:
    """What an update would change, and which of it needs a new resource."""

    changes: tuple[difference.Change, ...]
    replaces: tuple[str, ...]
    delete_first: bool
    """The new resource would have the name of the old one."""
    stable: tuple[str, ...]


class Lifecycle:
    """One simulated provider at work. Safe for several calls at once."""

    def __init__(self, provider: Provider, store: Store, faults: Faults, sdk: Sdk | None) -> None:
        self.provider = provider
        self._store = store
        self._faults = faults
        self._sdk = sdk
        self._config: Properties = {}

    def check_config(self, inputs: Properties) -> list[Mistake]:
        """What is wrong with the provider's configuration."""
        if self._sdk is None:
            return []
        types = self._sdk.provider()
        return check(types, _from_texts(types, inputs))

    def configure(self, config: Properties) -> None:
        """Takes the configuration. Raises CloudError where the provider would refuse it."""
        texts = _from_texts(self._sdk.provider(), config) if self._sdk else config
        self._config = self.provider.complete(texts)

    def check(
        self, resource: Resource, olds: Properties, news: Properties, naming: Naming
    ) -> tuple[Properties, list[Mistake]]:
        """The inputs as they will be used, and what is wrong with them."""
        inputs = _without_internals(news)
        try:
            types = self._types(resource.token)
        except UnknownTokenError as error:
            return inputs, [Mistake("type", str(error))]
        mistakes = check(types, inputs) if types else []
        mistakes = mistakes or self._behaviour(resource.token).mistakes(inputs)
        name = self._behaviour(resource.token).named_by
        if name is None or name in inputs or mistakes:
            return inputs, mistakes
        defaulted = olds.get(_DEFAULTED)
        if isinstance(defaulted, list) and name in defaulted and name in olds:
            inputs[name] = olds[name]
        elif isinstance(prefix := inputs.get(f"{name}Prefix"), str):
            inputs[name] = f"{prefix}{naming.seed.hex()[:7]}"
        elif naming.disabled:
            return inputs, [Mistake(name, f"is missing, and automatic naming of {resource.token} is switched off")]
        else:
            inputs[name] = naming.proposed or f"{resource.name}-{naming.seed.hex()[:7]}"
        return {**inputs, _DEFAULTED: [name]}, []

    def diff(self, resource: Resource, olds: Properties, old_inputs: Properties, news: Properties) -> Difference:
        """What an update from the old inputs and outputs to `news` would do."""
        behaviour = self._behaviour(resource.token)
        call = self._call(resource, olds or news)
        wanted = _without_internals(news)
        old = difference.current(_without_internals(old_inputs), olds, wanted)
        unset = {name: value for name, value in behaviour.defaults(call).items() if name in old and name not in wanted}
        changes = [
            change
            for change in difference.changes(
                _meant(behaviour.documents, old), _meant(behaviour.documents, {**unset, **wanted})
            )
            # What nobody sets any more stays as the cloud has it.
            if change.kind is not difference.Kind.DELETE or _POSITION.sub("", change.path) not in behaviour.filled
        ]
        changes += [
            difference.Change(name, name, difference.Kind.UPDATE) for name in sorted(behaviour.outdated(call, olds))
        ]
        fixed = behaviour.replacing(call)
        replaces = sorted({change.property for change in changes if _touches(change.path, fixed)})
        named = behaviour.named_by
        defaulted = news.get(_DEFAULTED)
        keeps_name = (
            named is not None and named not in replaces and not (isinstance(defaulted, list) and named in defaulted)
        )
        return Difference(
            tuple(changes), tuple(replaces), bool(replaces) and keeps_name, tuple(sorted(behaviour.stable))
        )

    def create(self, resource: Resource, inputs: Properties, *, preview: bool) -> State:
        """Makes the resource, or says what is known of it beforehand. Raises CloudError, UnfinishedError."""
        wanted = _without_internals(inputs)
        call = self._call(resource, wanted)
        behaviour = self._behaviour(resource.token)
        if preview:
            return State("", self._foreseen(behaviour, call, {}, wanted))
        fault = self._fault(Operation.CREATE, resource)
        state = behaviour.create(call, wanted)
        _late(fault, state, inputs)
        return state

    def update(self, resource: Resource, id_: str, olds: Properties, news: Properties, *, preview: bool) -> Properties:
        """Changes the resource, or says what is known of it beforehand. Raises CloudError, UnfinishedError."""
        wanted = _without_internals(news)
        call = self._call(resource, {**olds, **wanted})
        behaviour = self._behaviour(resource.token)
        if preview:
            return self._foreseen(behaviour, call, olds, wanted)
        fault = self._fault(Operation.UPDATE, resource)
        properties = behaviour.update(call, id_, olds, wanted)
        _late(fault, State(id_, properties), news)
        return properties

    def read(
        self, resource: Resource, id_: str, olds: Properties, old_inputs: Properties
    ) -> tuple[Properties, Properties] | None:
        """The inputs and all properties as they are now, or None where the resource is gone. Raises CloudError."""
        fault = self._fault(Operation.READ, resource)
        behaviour = self._behaviour(resource.token)
        call = self._call(resource, olds)
        properties = behaviour.read(call, id_, olds)
        _late(fault)
        if properties is None:
            return None
        if not olds:
            properties = {name: value for name, value in properties.items() if not _is_unreadable(value)}
        for name in behaviour.write_only:
            properties.pop(name, None)
            if name in olds:
                properties[name] = olds[name]
        return self._inputs_of(behaviour, call, properties, old_inputs), properties

    def delete(self, resource: Resource, id_: str, olds: Properties) -> None:
        """Takes the resource away. Raises CloudError."""
        fault = self._fault(Operation.DELETE, resource)
        self._behaviour(resource.token).delete(self._call(resource, olds), id_, olds)
        _late(fault)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """The function's answer. Raises CloudError for a function or an argument that is not known."""
        function = self.provider.invokes.get(token)
        if function is None:
            known = ", ".join(sorted(self.provider.invokes)) or "no function at all"
            raise CloudError(
                f"the simulated {self.provider.name} does not answer {token}{suggestion(token, self.provider.invokes)}"
                f" It answers: {known}\nmend: add the answer to tests/simulated/providers/"
                f"{self.provider.name.replace('-', '_')}.py"
            )
        for name in _without_internals(arguments).keys() - function.arguments:
            raise CloudError(f"{token} has no argument '{name}'{suggestion(name, function.arguments)}")
        if isinstance(function, Lookup):
            return function.find(self._store, self._config, arguments)
        return function.answer(self._config, arguments)

    def _foreseen(self, behaviour: Behaviour, call: Call, olds: Properties, wanted: Properties) -> Properties:
        """What a preview can tell: what is set and what the cloud would take for the rest. It computes nothing."""
        computed: dict[str, Value] = dict.fromkeys(call.types.computed if call.types else (), UNKNOWN)
        filled = {name for name in behaviour.filled if call.types and name in call.types.inputs}
        computed |= dict.fromkeys(filled, UNKNOWN)
        kept = {name: olds[name] for name in (behaviour.stable | filled) & olds.keys()}
        return {**computed, **kept, **behaviour.defaults(call), **wanted}

    def _inputs_of(
        self, behaviour: Behaviour, call: Call, properties: Properties, old_inputs: Properties
    ) -> Properties:
        """The inputs that would lead to `properties`: what was set before, and what is not as the cloud leaves it."""
        settable = call.types.inputs.keys() if call.types else old_inputs.keys()
        defaults = behaviour.defaults(call)
        before = _without_internals(old_inputs)
        found = {
            name: value
            for name, value in properties.items()
            if name in settable
            and (
                name in before
                or (name not in behaviour.filled and difference.changes({name: defaults.get(name)}, {name: value}))
            )
        }
        return {**found, _DEFAULTED: old_inputs[_DEFAULTED]} if _DEFAULTED in old_inputs else found

    def _fault(self, operation: Operation, resource: Resource) -> Fault | None:
        """The failure that was ordered for now, if it lets the operation happen first; raises it if it does not."""
        fault = self._faults.take(operation, resource.token, resource.name)
        if fault is not None and fault.moment is Moment.BEFORE:
            raise CloudError(fault.message)
        return fault

    def _types(self, token: str) -> ResourceTypes | None:
        return self._sdk.resource(token) if self._sdk else None

    def _behaviour(self, token: str) -> Behaviour:
        return self.provider.behaviours.get(token, self.provider.fallback)

    def _call(self, resource: Resource, properties: Mapping[str, Value]) -> Call:
        return Call(
            token=resource.token,
            name=resource.name,
            config=self._config,
            scope=self.provider.scope(self._config, dict(properties)),
            types=self._types(resource.token),
            store=self._store,
        )


def _late(fault: Fault | None, state: State | None = None, inputs: Properties | None = None) -> None:
    """Raises what was ordered for after the operation."""
    if fault is None:
        return
    if fault.moment is Moment.PARTIAL and state is not None:
        raise UnfinishedError(fault.message, state, inputs or {})
    raise CloudError(fault.message)


def _touches(path: str, fixed: frozenset[str]) -> bool:
    """Whether a change at `path` changes what is fixed: one of the paths, what is in it, or what it is in."""
    bare = _POSITION.sub("", path)
    return any(
        bare == name or bare.startswith((f"{name}.", f"{name}[")) or name.startswith(f"{bare}.") for name in fixed
    )


def _meant(names: frozenset[str], properties: Properties) -> Properties:
    return {name: documents.normal(value) if name in names else value for name, value in properties.items()}


def _without_internals(properties: Properties) -> Properties:
    """Without what the engine, the bridge or the dynamic provider keep for themselves."""
    return {name: value for name, value in properties.items() if not name.startswith("__")}


def _is_unreadable(value: Value) -> bool:
    match value:
        case Secret():
            return value.value == UNREADABLE
        case list():
            return any(_is_unreadable(item) for item in value)
        case dict():
            return any(_is_unreadable(item) for item in value.values())
        case _:
            return False


def _from_texts(types: ResourceTypes, config: Properties) -> Properties:
    """A provider's configuration as its types have it: the engine hands over all but text as JSON in a text."""
    read: Properties = {}
    for name, value in _without_internals(config).items():
        if name in _ENGINES_OWN:
            continue
        bare = value.value if isinstance(value, Secret) else value
        if name in types.inputs and str not in types.inputs[name].types and isinstance(bare, str):
            with contextlib.suppress(ValueError):  # left as text, the check names what was expected
                bare = json.loads(bare)
        if bare is not None:
            read[name] = Secret(bare) if isinstance(value, Secret) else bare
    return read
