"""Proof of delivery: a keyed fingerprint of what each target was given, and which old credential is spent.

Owns: the stack's fingerprint key, the fingerprints, and a receipt that is written last, when all that
was proven is delivered. Does not own proving or delivering. Where either fails the receipt stays as
it was, and with it the sentence that says what can be revoked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._base import Component
from components._password import Password
from components._provided import Properties, Provider
from contract.fingerprint import fingerprint
from contract.variables import SECRET_NAMES, Name

_CREDENTIAL = SECRET_NAMES | {Name.DOCKER_REGISTRY_USERNAME}
_NONE_BEFORE = "nothing older was delivered by this stack"


@dataclass(frozen=True)
class Handed:
    """One registry's variables, and whether they were proven before they went anywhere."""

    variables: Mapping[str, pulumi.Output[str]]
    proven: bool


class Handover(Component):
    """What was handed over: told so that the builder's side can compare it, and no side shows a value."""

    TYPE = "snapdeploy:delivery:Handover"

    key: pulumi.Output[str]
    """The fingerprints' key, always secret."""
    fingerprints: Mapping[str, pulumi.Output[str]]
    """By delivery: the fingerprint of the variables that it delivers."""
    revocable: pulumi.Output[dict[str, str]]
    """By registry: what can be revoked, in words; it changes only when a new credential is delivered everywhere."""

    def __init__(
        self,
        name: str,
        registries: Mapping[str, Handed],
        delivered: Mapping[str, Mapping[str, pulumi.Output[str]]],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`delivered` are the variables of each delivery; `after` all that has to be done before the receipt."""
        super().__init__(name, {}, opts)
        self.key = Password(self.child("key"), None, self.options()).value
        self.fingerprints = {target: _fingerprint(self.key, variables) for target, variables in delivered.items()}
        credentials = {
            registry: {variable: value for variable, value in handed.variables.items() if variable in _CREDENTIAL}
            for registry, handed in registries.items()
        }
        receipt = Receipt(
            self.child("receipt"),
            {
                "credentials": {
                    registry: _fingerprint(self.key, values) for registry, values in credentials.items() if values
                },
                "proven": {registry: handed.proven for registry, handed in registries.items()},
                "places": len(delivered),
            },
            self.options(depends_on=list(after)),
        )
        self.revocable = receipt.revocable
        self.register_outputs({"fingerprints": self.fingerprints, "revocable": self.revocable})


class ReceiptProvider(Provider):
    """Notes that everything arrived. It is made last, so its being there is what it proves."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        told = dict.fromkeys(props["credentials"], _NONE_BEFORE)
        return CreateResult("receipt", {**props, "revocable": told})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**_news, "revocable": revocable(_olds, _news, datetime.now(UTC))})


class Receipt(Resource, module="snapdeploy", name="DeliveryReceipt"):
    """What was delivered last, by fingerprint."""

    revocable: pulumi.Output[dict[str, str]]

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(ReceiptProvider(), name, {**props, "revocable": None, "since": None}, opts)


def revocable(olds: Properties, news: Properties, now: datetime) -> dict[str, str]:
    """What can be revoked of each registry's credentials, now that those of `news` are delivered."""
    told: dict[str, str] = {}
    places = int(news["places"])
    for registry, credential in news["credentials"].items():
        before = olds["credentials"].get(registry)
        if before is None:
            told[registry] = _NONE_BEFORE
        elif before == credential:
            told[registry] = olds["revocable"].get(registry, _NONE_BEFORE)
        else:
            proven = "proven and delivered" if news["proven"].get(registry) else "delivered, but not proven,"
            told[registry] = (
                f"the credential in use until {now:%Y-%m-%dT%H:%M:%SZ} can be revoked: its successor is {proven} "
                f"in {places} place{'s' if places != 1 else ''}"
            )
    return told


def _fingerprint(key: pulumi.Output[str], values: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[str]:
    """The fingerprint of `values` in plain: it is made so that it may be seen."""
    names = list(values)
    told = pulumi.Output.all(key, *values.values()).apply(
        # Under simulation no key is generated.
        lambda found: fingerprint(found[0], dict(zip(names, found[1:], strict=True))) if found[0] else ""
    )
    return pulumi.Output.unsecret(told)
