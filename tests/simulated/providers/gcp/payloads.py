"""What the versions of the simulated Secret Manager hold: unlike other secrets it can be read back, as at Google.

Owns: keeping a value encrypted beside the store, giving it back, the functions that look a secret or a version up, and
what a person does to a secret by hand. Does not own: the versions (`secret_manager`). The key lies in the same folder:
the encryption keeps a value out of what a search for secrets finds, and out of nothing else.

`latest` is the version with the highest number, whatever its state: one that is disabled or destroyed is named, and not
opened (https://docs.cloud.google.com/secret-manager/docs/access-secret-version, read 2026-11).
"""

import contextlib
import os
from pathlib import Path

from cryptography.fernet import Fernet

from tests.simulated.behaviour import CloudError
from tests.simulated.provider import Lookup
from tests.simulated.providers.gcp.place import admit, project, project_number
from tests.simulated.providers.gcp.words import MADE, RefusedError, text, worded
from tests.simulated.store import Key, Store, scratch_beside, write_private
from tests.simulated.wire import Properties, Secret

VERSION = "gcp:secretmanager/secretVersion:SecretVersion"
_SECRET = "gcp:secretmanager/secret:Secret"
_API = "secretmanager.googleapis.com"
_ARGUMENTS = frozenset({"project", "secret", "version", "isSecretDataBase64"})


def keep(store: Store, id_: str, value: str) -> None:
    """Keeps what the version `id_` holds."""
    file = _file(store, id_)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(file, _cipher(store).encrypt(value.encode()).decode())


def drop(store: Store, id_: str) -> None:
    """Destroys what the version `id_` holds."""
    _file(store, id_).unlink(missing_ok=True)


def opened(store: Store, id_: str) -> str | None:
    """What the version `id_` holds; None where it was destroyed."""
    file = _file(store, id_)
    return _cipher(store).decrypt(file.read_bytes()).decode() if file.exists() else None


def newest(store: Store, project_id: str, secret: str) -> str | None:
    """The id of the version that is read as `latest`; None where there is none."""
    if store.get(Key(_SECRET, "", f"projects/{project_id}/secrets/{secret}"), {}) is None:
        return None
    prefix = f"projects/{project_number(project_id)}/secrets/{secret}/versions/"
    numbers = [
        int(key.id.removeprefix(prefix)) for key in store.held() if key.token == VERSION and key.id.startswith(prefix)
    ]
    return f"{prefix}{max(numbers)}" if numbers else None


def latest(store: Store, project_id: str, secret: str) -> str | None:
    """What somebody reads as the secret's `latest`; None where that fails."""
    id_ = newest(store, project_id, secret)
    held = store.get(Key(VERSION, "", id_), {}) if id_ else None
    return opened(store, id_) if id_ and held is not None and held.get("enabled") is not False else None


def add_by_hand(store: Store, project_id: str, secret: str, value: str) -> None:
    """A new version, as the console makes one."""
    prefix = f"projects/{project_number(project_id)}/secrets/{secret}/versions/"
    before = newest(store, project_id, secret)
    number = int(before.removeprefix(prefix)) + 1 if before else 1
    held: Properties = {"secret": f"projects/{project_id}/secrets/{secret}", "enabled": True, "version": str(number)}
    store.add(Key(VERSION, "", f"{prefix}{number}"), {**held, "createTime": MADE, "name": f"{prefix}{number}"})
    keep(store, f"{prefix}{number}", value)


def lookups() -> dict[str, Lookup]:
    """The functions that find a secret or a version."""
    found = "gcp:secretmanager/getSecretVersion:getSecretVersion"
    accessed = "gcp:secretmanager/getSecretVersionAccess:getSecretVersionAccess"
    return {
        "gcp:secretmanager/getSecret:getSecret": Lookup(_secret, frozenset({"project", "secretId"})),
        found: Lookup(_found, _ARGUMENTS | {"fetchSecretData"}),
        accessed: Lookup(_accessed, _ARGUMENTS),
    }


def _secret(store: Store, config: Properties, arguments: Properties) -> Properties:
    owner, name = project(config, arguments), text(arguments, "secretId")
    with worded(f"Error when reading or editing Secret {name}"):
        admit(store, owner, _API)
        held = store.get(Key(_SECRET, "", f"projects/{owner}/secrets/{name}"), {})
        if held is None:
            raise RefusedError(404, f"Secret [projects/{project_number(owner)}/secrets/{name}] not found., notFound")
    # As the provider's lookups have it: all annotations, whoever made them.
    return {**held, "id": f"projects/{owner}/secrets/{name}", "annotations": held.get("effectiveAnnotations") or {}}


def _found(store: Store, config: Properties, arguments: Properties) -> Properties:
    id_, held = _looked_up(store, config, arguments)
    answer: Properties = {
        **_described(config, arguments, id_, held),
        "enabled": held.get("enabled") is not False and "destroyTime" not in held,
        "createTime": MADE,
        "destroyTime": text(held, "destroyTime"),
        "secretData": "",
    }
    return answer if arguments.get("fetchSecretData") is False else {**answer, **_data(store, id_, held)}


def _accessed(store: Store, config: Properties, arguments: Properties) -> Properties:
    id_, held = _looked_up(store, config, arguments)
    return {**_described(config, arguments, id_, held), **_data(store, id_, held)}


def _looked_up(store: Store, config: Properties, arguments: Properties) -> tuple[str, Properties]:
    owner, secret = project(config, arguments), text(arguments, "secret").rpartition("/")[2]
    wanted = text(arguments, "version") or "latest"
    with worded(f"Error retrieving available secret manager secret versions: secret {secret}"):
        admit(store, owner, _API)
        prefix = f"projects/{project_number(owner)}/secrets/{secret}"
        id_ = newest(store, owner, secret) if wanted == "latest" else f"{prefix}/versions/{wanted}"
        held = store.get(Key(VERSION, "", id_), {}) if id_ else None
        if id_ is None or held is None:
            raise RefusedError(404, f"Secret Version [{prefix}/versions/{wanted}] not found., notFound")
        return id_, held


def _described(config: Properties, arguments: Properties, id_: str, held: Properties) -> Properties:
    return {
        "id": id_,
        "name": id_,
        "project": project(config, arguments),
        "secret": text(arguments, "secret"),
        "version": id_.rpartition("/")[2],
        "isSecretDataBase64": False,
    }


def _data(store: Store, id_: str, held: Properties) -> Properties:
    value = opened(store, id_) if held.get("enabled") is not False else None
    if value is None:
        state = "DESTROYED" if "destroyTime" in held else "DISABLED"
        raise CloudError(
            f"Error retrieving available secret manager secret version access: googleapi: Error 400: Secret Version"
            f" [{id_}] is in {state} state., failedPrecondition"
        )
    return {"secretData": Secret(value)}


def _file(store: Store, id_: str) -> Path:
    """A file for each version: two that are made at once do not write each other's."""
    return store.file.with_name("gcp-payloads") / id_.replace("/", "+")


def _cipher(store: Store) -> Fernet:
    file = store.file.with_name("gcp-payloads.key")
    if not file.exists():
        scratch = scratch_beside(file)
        write_private(scratch, Fernet.generate_key().decode())
        with contextlib.suppress(FileExistsError):
            os.link(scratch, file)
        scratch.unlink()
    return Fernet(file.read_bytes())
