"""The simulated Cloud KMS keeps rings and keys for ever, as Google does."""

import pytest

from tests.simulated.behaviour import CloudError
from tests.simulated.providers.gcp.kms import KEY, RING, usable
from tests.simulated.wire import Properties
from tests.unit.simulated.gcp.conftest import PROJECT, Cloud

GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
RING_ID = f"projects/{PROJECT}/locations/europe-west1/keyRings/ring"


def test_a_key_is_in_its_ring_and_has_a_version(cloud: Cloud) -> None:
    with pytest.raises(CloudError, match="Error creating CryptoKey: googleapi: Error 404"):
        cloud.make(KEY, name="key", keyRing=RING_ID)
    assert cloud.make(RING, name="ring", location="europe-west1").id == RING_ID
    made = cloud.make(KEY, name="key", keyRing=RING_ID)
    assert made.id == f"{RING_ID}/cryptoKeys/key"
    assert made.properties["primaries"] == [{"name": f"{made.id}/cryptoKeyVersions/1", "state": "ENABLED"}]
    assert made.properties["destroyScheduledDuration"] == "2592000s"


def test_what_is_deleted_stays_and_is_in_the_way(cloud: Cloud) -> None:
    ring = cloud.make(RING, name="ring", location="europe-west1")
    key = cloud.make(KEY, name="key", keyRing=RING_ID, rotationPeriod="7776000s")
    user = "user:ada@example.com"
    cloud.make(GRANT, cryptoKeyId=key.id, role="roles/cloudkms.cryptoKeyEncrypterDecrypter", member=user)
    assert usable(cloud.store, key.id, user) == ""
    cloud.delete(KEY, key)
    cloud.delete(RING, ring)
    assert "DESTROY_SCHEDULED" in usable(cloud.store, key.id, user)
    with pytest.raises(CloudError, match=r"Error 409: KeyRing .* already exists"):
        cloud.make(RING, name="ring", location="europe-west1")
    with pytest.raises(CloudError, match=r"Error 409: CryptoKey .* already exists"):
        cloud.make(KEY, name="key", keyRing=RING_ID)
    assert cloud.read(RING, ring.id) is not None, "it can be imported"


@pytest.mark.parametrize("period", ["86399s", "90d", "86400", ""])
def test_a_period_that_the_provider_refuses_is_a_mistake(cloud: Cloud, period: str) -> None:
    found = cloud.mistakes(KEY, name="key", keyRing=RING_ID, rotationPeriod=period)
    assert bool(found) is bool(period)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 64])
def test_a_name_that_google_refuses_is_refused(cloud: Cloud, name: str) -> None:
    with pytest.raises(CloudError, match="The name has to match"):
        cloud.make(RING, name=name, location="europe-west1")


def test_a_key_is_named_in_full_or_in_short(cloud: Cloud) -> None:
    cloud.make(RING, name="ring", location="europe-west1")
    key = cloud.make(KEY, name="key", keyRing=RING_ID)
    told = {"role": "roles/cloudkms.viewer", "member": "user:ada@example.com"}
    full = cloud.make(GRANT, cryptoKeyId=key.id, **told)
    for short in (f"{PROJECT}/europe-west1/ring/key", "europe-west1/ring/key"):
        assert cloud.make(GRANT, cryptoKeyId=short, **told).id == full.id
    with pytest.raises(CloudError, match="Invalid CryptoKey id format"):
        cloud.make(GRANT, cryptoKeyId="ring/key", **told)


def test_what_cannot_change_is_a_replacement(cloud: Cloud) -> None:
    cloud.make(RING, name="ring", location="europe-west1")
    inputs: Properties = {"name": "key", "keyRing": RING_ID}
    made = cloud.make(KEY, **inputs)
    assert cloud.diff(KEY, made, inputs, {**inputs, "purpose": "MAC"}).replaces == ("purpose",)
    hardware: Properties = {"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION", "protectionLevel": "HSM"}
    assert cloud.diff(KEY, made, inputs, {**inputs, "versionTemplate": hardware}).replaces == ("versionTemplate",)
    assert cloud.diff(KEY, made, inputs, {**inputs, "rotationPeriod": "7776000s"}).replaces == ()
