"""Service accounts and their keys.

Owns: Account, Key. A deleted account's name can be had again at once, as another account: what was granted to the old
one stays lost. (Google can undelete it for 30 days, which is not simulated.) The private half of a key is given out
once, at its making, and kept as a fingerprint.
https://docs.cloud.google.com/iam/docs/service-accounts-create and
https://docs.cloud.google.com/iam/docs/keys-create-delete, read 2026-11.
"""

import base64
import json
import re
import secrets

from tests.simulated.behaviour import Call, State
from tests.simulated.checker import Mistake
from tests.simulated.providers.gcp import grants
from tests.simulated.providers.gcp.kind import Kind
from tests.simulated.providers.gcp.members import ACCOUNT
from tests.simulated.providers.gcp.place import address, project
from tests.simulated.providers.gcp.words import MADE, RefusedError, known, number, one_of, text, within
from tests.simulated.store import Key as StoreKey
from tests.simulated.store import Store
from tests.simulated.wire import Properties, Secret

KEY = "gcp:serviceaccount/key:Key"
NEVER = "9999-12-31T23:59:59Z"
"""When a key ends, where no policy of the organization says otherwise."""

_ID = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_KEYS = 10


class Account(Kind):
    """An account that programs act as."""

    api = "iam.googleapis.com"
    noun = "service account"
    exists = "Service account {id} already exists within project."
    replace_on_change = frozenset({"accountId"})
    stable = frozenset({"email", "member", "name", "uniqueId"})

    def unset(self, call: Call) -> Properties:
        return {"disabled": False}

    def rules(self, inputs: Properties) -> list[Mistake]:
        found = within(inputs, "description", 256)
        name = known(inputs, "accountId")
        if name is None:
            return found
        if not 6 <= len(name) <= 30:
            found.append(Mistake("accountId", f'"account_id" ("{name}") must be between 6 and 30 characters long'))
        if _ID.fullmatch(name) is None:
            rule = "^(?:[a-z](?:[-a-z0-9]*[a-z0-9])?)$"
            found.append(Mistake("accountId", f'"account_id" ("{name}") must match regex "{rule}"'))
        return found

    def identity(self, call: Call, inputs: Properties) -> str:
        owner = project(call.config, inputs)
        return f"projects/{owner}/serviceAccounts/{address(owner, text(inputs, 'accountId'))}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        email = id_.rpartition("/")[2]
        return {"email": email, "member": f"serviceAccount:{email}", "name": id_, "uniqueId": number(id_, 21)}

    def create(self, call: Call, inputs: Properties) -> State:
        if inputs.get("createIgnoreAlreadyExists") is True:
            id_ = self.identity(call, inputs)
            there = self.read(call, id_, {})
            if there is not None:
                return State(id_, {**there, **inputs})
        return super().create(call, inputs)

    def leave(self, call: Call, id_: str, olds: Properties) -> None:
        for key in keys(call.store, id_):
            call.store.drop(key)
        grants.drop_with(call.store, id_)
        grants.drop_of(call.store, f"serviceAccount:{id_.rpartition('/')[2]}")
        super().leave(call, id_, olds)


class Key(Kind):
    """A key of an account: whoever has the private half is the account."""

    api = "iam.googleapis.com"
    noun = "service account key"
    replace_on_change = frozenset(
        {"serviceAccountId", "keyAlgorithm", "privateKeyType", "publicKeyType", "publicKeyData", "keepers"}
    )
    stable = frozenset({"name", "privateKey", "publicKey", "validAfter", "validBefore"})
    write_only = frozenset({"keepers"})
    secret = frozenset({"privateKey"})

    def unset(self, call: Call) -> Properties:
        return {
            "keyAlgorithm": "KEY_ALG_RSA_2048",
            "privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE",
            "publicKeyType": "TYPE_X509_PEM_FILE",
        }

    def rules(self, inputs: Properties) -> list[Mistake]:
        return [
            *one_of(inputs, "keyAlgorithm", ("KEY_ALG_UNSPECIFIED", "KEY_ALG_RSA_1024", "KEY_ALG_RSA_2048")),
            *one_of(inputs, "publicKeyType", ("TYPE_NONE", "TYPE_X509_PEM_FILE", "TYPE_RAW_PUBLIC_KEY")),
            *one_of(inputs, "privateKeyType", ("TYPE_UNSPECIFIED", "TYPE_PKCS12_FILE", "TYPE_GOOGLE_CREDENTIALS_FILE")),
        ]

    def owner(self, call: Call, properties: Properties) -> str:
        return _account(call, properties).split("/")[1]

    def identity(self, call: Call, inputs: Properties) -> str:
        return f"{_account(call, inputs)}/keys/{secrets.token_hex(20)}"

    def outputs(self, call: Call, id_: str, properties: Properties) -> Properties:
        return {"name": id_, "publicKey": _text(b"SIMULATED"), "validAfter": MADE, "validBefore": NEVER}

    def judge(self, call: Call, id_: str, properties: Properties, before: Properties | None) -> None:
        account = id_.partition("/keys/")[0]
        if call.store.get(StoreKey(ACCOUNT, "", account), {}) is None:
            raise RefusedError(404, f"Service account {account} does not exist., notFound")
        if before is None and len(keys(call.store, account)) >= _KEYS:
            raise RefusedError(429, "Maximum number of keys on account reached., rateLimitExceeded")
        if properties.get("privateKeyType") == "TYPE_PKCS12_FILE" or properties.get("publicKeyData"):
            raise RefusedError(400, "not simulated: a key that is no file of credentials, or that somebody brings")

    def create(self, call: Call, inputs: Properties) -> State:
        made = super().create(call, inputs)
        private = Secret(_credentials(made.id))
        call.store.drift(self._key(call, made.id), {"privateKey": private})
        return State(made.id, {**made.properties, "privateKey": private})

    def read(self, call: Call, id_: str, known: Properties) -> Properties | None:
        account = StoreKey(ACCOUNT, "", id_.partition("/keys/")[0])
        return None if call.store.get(account, {}) is None else super().read(call, id_, known)


def keys(store: Store, account: str) -> list[StoreKey]:
    """The keys of an account."""
    return [key for key in store.held() if key.token == KEY and key.id.startswith(f"{account}/keys/")]


def _account(call: Call, properties: Properties) -> str:
    name = text(properties, "serviceAccountId")
    if name.startswith("projects/"):
        if not name.startswith("projects/-/"):
            return name
        name = name.rpartition("/")[2]
    for key in call.store.held():
        if key.token == ACCOUNT and key.id.endswith(f"/{name}"):
            return key.id
    owner = project(call.config, properties)
    email = name if "@" in name else address(owner, name)
    return f"projects/{owner}/serviceAccounts/{email}"


def _credentials(id_: str) -> str:
    """The file of credentials as Google gives it out, with a key that is real and opens nothing."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    email, _, name = id_.rpartition("/serviceAccounts/")[2].partition("/keys/")
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = {
        "type": "service_account",
        "project_id": id_.split("/")[1],
        "private_key_id": name,
        "private_key": pem.decode(),
        "client_email": email,
        "client_id": number(id_.partition("/keys/")[0], 21),
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
        "client_x509_cert_url": f"https://www.googleapis.com/robot/v1/metadata/x509/{email.replace('@', '%40')}",
        "universe_domain": "googleapis.com",
    }
    return _text(json.dumps(file, indent=2).encode())


def _text(of: bytes) -> str:
    return base64.b64encode(of).decode()
