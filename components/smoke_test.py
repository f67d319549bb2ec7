"""Proof, inside the update, that a registry lets the builder in and keeps what it pushes.

Owns: running the checks of `oci/` with a registry's own variables before anything is
delivered: where one fails, the update fails and what was delivered before stays. Does not
own: the checks, or proof with the delivered values, which only the delivered side can give.
Where a registry takes tokens, one is fetched with the credentials that the update runs with: the
role that may push trusts the builder, and most often not whoever runs `pulumi up`.
"""

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, UpdateResult

from components._base import Component, Registry
from components._provided import Failed, Properties, Provider
from contract.variables import SECRET_NAMES, Name

GENERATED = "generated"
"""What the test's tag is called where it is a new one at each run."""

_NOT_FOR_LOGIN = frozenset({Name.BUILDER_WORK_DIR, Name.BUILDER_LOG_DIR})


class SmokeTest(Component):
    """Login, push, pull and the refusals, against one registry; run again when anything of it changes."""

    TYPE = "snapdeploy:verify:SmokeTest"

    proven: pulumi.Output[dict[str, str]]
    """What was seen, by the check's name."""

    def __init__(
        self,
        name: str,
        registry: Registry,
        *,
        tag: str | None,
        environment: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`tag`: under which the test image is pushed; None: a new one each time, as an immutable registry needs."""
        super().__init__(name, {"tag": tag or GENERATED, "environment": environment}, opts)
        variables = {name: value for name, value in registry.variables.items() if name not in _NOT_FOR_LOGIN}
        run = _Run(
            self.child("run"),
            {
                # Apart: a map with one secret in it would be hidden whole.
                "plain": {name: value for name, value in variables.items() if name not in SECRET_NAMES},
                "secret": {name: value for name, value in variables.items() if name in SECRET_NAMES},
                "immutable": registry.immutable,
                "tag": tag,
                "occasion": registry.occasion,
            },
            self.options(depends_on=list(registry.usable_after)),
        )
        self.proven = run.proven
        self.register_outputs({"proven": self.proven})


class SmokeTestProvider(Provider):
    """Runs the checks when it is made and whenever one of its inputs changes."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("smoke-test", {**props, "proven": _prove(props)})

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult({**_news, "proven": _prove(_news)})


class _Run(Resource, module="snapdeploy", name="SmokeTest"):
    proven: pulumi.Output[dict[str, str]]

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(SmokeTestProvider(), name, {**props, "proven": None}, opts)


def _prove(props: Properties) -> dict[str, str]:
    # In here: only the provider's process speaks to registries, and the program should not load an HTTP client.
    from contract.image import Registry as Address
    from oci import keychain
    from oci.authority import authority
    from oci.checks import Proof
    from oci.no_credential import NoCredentialError

    variables = {**props["plain"], **props["secret"]}
    address = variables[Name.DOCKER_REGISTRY]
    try:
        credential = keychain.credential(variables)
    except NoCredentialError as reason:
        raise Failed(
            f"the registry {address} was not proven, so nothing was delivered: {reason.fact}\n"
            f"mend: {reason.mend}; what was delivered before still stands"
        ) from None
    proof = Proof(
        Address.parse(address),
        credential,
        authority=authority(variables),
        immutable=props["immutable"],
        tag=props.get("tag"),
    )
    checks = list(proof.run())
    wrong = [f"  {check.name}: {check.detail}" for check in checks if not check.ok]
    if wrong:
        raise Failed(
            f"the registry {address} does not do what the builder needs, so nothing was delivered:\n"
            + "\n".join(wrong)
            + "\nmend: what the lines above say, then run it again; what was delivered before still stands"
        )
    return {check.name: check.detail for check in checks}
