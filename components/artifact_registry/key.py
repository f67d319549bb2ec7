"""The key of Cloud KMS that a registry's images are encrypted with: one of its own, or one that is given.

Owns: the key ring and the key, rotated each quarter, and the service agent's right to use that key alone. Does not own:
the agent (`agent.py`), or whether a changed key may replace the repository (`preflight.py`).

Google keeps the names of key rings and keys for ever: neither can be deleted, and a key that the engine deletes loses
all its versions, and with them the images. So both outlive the stack, and are taken back when it is made again.

https://docs.cloud.google.com/artifact-registry/docs/cmek, read 2026-11.
"""

from collections.abc import Sequence

import pulumi
import pulumi_gcp as gcp

from components._base import Component, once
from components.gcp.lookups import is_off
from components.gcp.place import Place

API = "cloudkms.googleapis.com"
_ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
_QUARTER = "7776000s"  # 90 days
_KEY = "images"


def own_ring(place: Place, prefix: str) -> str:
    """The full name of the registry's own key ring."""
    return f"projects/{place.project}/locations/{place.location}/keyRings/{prefix}"


def own_key(place: Place, prefix: str) -> str:
    """The full name of the registry's own key."""
    return f"{own_ring(place, prefix)}/cryptoKeys/{_KEY}"


class Key(Component):
    """The key of one registry, and who may use it."""

    TYPE = "snapdeploy:artifact-registry:Key"

    def __init__(
        self,
        name: str,
        *,
        place: Place,
        prefix: str,
        given: str | None,
        agent: pulumi.Output[str],
        protect: bool,
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """`given` is a key's full name; without one, the registry gets its own in the key ring `prefix`."""
        super().__init__(name, {"given": given}, opts)
        self._place = place
        made = given if given is not None else self._make(prefix, protect=protect, after=after)
        grant = gcp.kms.CryptoKeyIAMMember(
            self.child("grant"),
            crypto_key_id=made,
            role=_ROLE,
            member=agent,
            opts=self.options(depends_on=after),
        )
        # A repository that is made before its agent may use the key is refused.
        self.key_name = once(pulumi.Output.from_input(made), grant.id)
        self.register_outputs({"key_name": self.key_name})

    def _make(self, prefix: str, *, protect: bool, after: Sequence[pulumi.Resource]) -> pulumi.Output[str]:
        ring_there, key_there = self._found(own_ring(self._place, prefix))
        ring = gcp.kms.KeyRing(
            self.child("ring"),
            name=prefix,
            location=self._place.location,
            project=self._place.project,
            opts=self._kept(own_ring(self._place, prefix), there=ring_there, protect=protect, after=after),
        )
        key = gcp.kms.CryptoKey(
            self.child("key"),
            name=_KEY,
            key_ring=ring.id,
            rotation_period=_QUARTER,
            opts=self._kept(own_key(self._place, prefix), there=key_there, protect=protect, after=()),
        )
        made: pulumi.Output[str] = key.id
        return made

    def _kept(
        self, id_: str, *, there: bool, protect: bool, after: Sequence[pulumi.Resource]
    ) -> pulumi.ResourceOptions:
        taken_back = {"import_": id_} if there else {}
        return self.options(protect=protect, retain_on_delete=True, depends_on=after, **taken_back)

    def _found(self, ring: str) -> tuple[bool, bool]:
        """Whether the ring and the key in it are there already. Raises what the lookup raises where it cannot tell."""
        options = pulumi.InvokeOptions(parent=self)
        try:
            rings = gcp.kms.get_key_rings(
                location=self._place.location, project=self._place.project, opts=options
            ).key_rings
        except Exception as error:
            # The SDK has one exception for every failure of a lookup; where the API is off, there is nothing of it.
            if is_off(error):
                return False, False
            raise
        if ring not in {each.id for each in rings}:
            return False, False
        keys = gcp.kms.get_crypto_keys(key_ring=ring, opts=options).keys
        return True, f"{ring}/cryptoKeys/{_KEY}" in {each.id for each in keys}
