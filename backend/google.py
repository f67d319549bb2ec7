"""A state backend on Google Cloud: a bucket, and the KMS key that encrypts what is in it and the stacks' secrets.

Owns: the calls of the storage and KMS APIs (https://cloud.google.com/storage/docs/json_api/v1 and
https://cloud.google.com/kms/docs/reference/rest, read 2026-11), and when what is there is strong enough. Does not own
the bucket's contents. A key ring and a key can never be deleted, so both are only ever made once. Google's storage
answers over TLS to whoever has to show a token; there is no bucket policy for it.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from backend.parts import Backend, Part, ensure
from contract.problem import Problem, Problems, printable

_STORAGE = "https://storage.googleapis.com/storage/v1"
_KMS = "https://cloudkms.googleapis.com/v1"
_SCOPE = "https://www.googleapis.com/auth/cloud-platform"
_ENCRYPTS = "roles/cloudkms.cryptoKeyEncrypterDecrypter"
_ROTATION = timedelta(days=90)
_TITLE = "The backend cannot be made"
_ATTEMPTS = 4
_BUSY = frozenset({429, 500, 502, 503, 504})
_LONGEST = 300


def init(
    bucket: str,
    *,
    project: str,
    location: str,
    key: str | None,
    keep_days: int,
    dry_run: bool,
    token: Callable[[], str] | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Backend:
    """Makes the backend, or with `dry_run` tells what would be done; raises Problems.

    `key` is a KMS key's full name (`projects/…/cryptoKeys/…`); None: one is made in the bucket's location, in a ring of
    the bucket's name. Old versions are kept `keep_days` days. `token` gives an access token; None: that of the
    application default credentials.
    """
    with httpx.Client(
        headers={"Authorization": f"Bearer {(token or _default_token)()}"},
        timeout=httpx.Timeout(30.0, connect=5.0),
        transport=transport,
    ) as http:
        made = _Google(http, bucket, project, location, key)
        made.keep_days = keep_days
        return Backend(ensure(made.parts(), dry_run=dry_run), f"gs://{bucket}", f"gcpkms://{made.key}")


class _Google:
    def __init__(self, http: httpx.Client, bucket: str, project: str, location: str, key: str | None) -> None:
        self._http, self._bucket, self._project, self._location = http, bucket, project, location
        self._ring = f"projects/{project}/locations/{_key_location(location)}/keyRings/{bucket}"
        self._given = key is not None
        self.key = key or f"{self._ring}/cryptoKeys/state"
        self.keep_days = 0
        self._is_new = False

    def parts(self) -> Iterator[Part]:
        """In the order in which they are made."""
        if not self._given:
            yield Part("key ring", self._ring_missing, self._make_ring, self._ring)
        yield Part("key", self._key_missing, self._make_key, self.key)
        yield Part("key's use", self._grant_missing, self._grant, "Cloud Storage may encrypt with the key")
        yield Part("bucket", self._bucket_missing, self._make_bucket, f"{self._bucket} in {self._location}")
        yield Part("versions", self._versions_missing, self._keep_versions, "every version of a state is kept")
        yield Part("public access", self._public_missing, self._block, "prevented, access by IAM alone")
        yield Part("encryption", self._encryption_missing, self._encrypt, "with a KMS key")
        yield Part("old versions", self._lifecycle_missing, self._expire, f"kept {self.keep_days} days or longer")

    # -- the key

    def _ring_missing(self) -> str | None:
        return None if self._find(f"{_KMS}/{self._ring}", "look at the key ring") else f"make {self._ring}"

    def _make_ring(self) -> None:
        rings, _, name = self._ring.rpartition("/")
        self._send("POST", f"{_KMS}/{rings}", "make a key ring", {"keyRingId": name}, {})

    def _key_missing(self) -> str | None:
        found = self._find(f"{_KMS}/{self.key}", "look at the key")
        if found is None:
            if self._given:
                raise _problem("--key", f"{self.key} is not there", "name a key in the bucket's location")
            return f"make {self.key}, rotated every {_ROTATION.days} days"
        if found.get("purpose") != "ENCRYPT_DECRYPT":
            raise _problem("--key", f"{self.key} is for {found.get('purpose')}", "name a symmetric key")
        return None

    def _make_key(self) -> None:
        following = (datetime.now(UTC) + _ROTATION).strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {
            "purpose": "ENCRYPT_DECRYPT",
            "rotationPeriod": f"{int(_ROTATION.total_seconds())}s",
            "nextRotationTime": following,
        }
        keys, _, name = self.key.rpartition("/")
        self._send("POST", f"{_KMS}/{keys}", "make a key", {"cryptoKeyId": name}, body)

    def _agent(self) -> str:
        """The account as which Cloud Storage encrypts for this project."""
        found = self._find(f"{_STORAGE}/projects/{self._project}/serviceAccount", "look for the storage agent")
        if found is None:
            raise _problem("--project", f"{self._project} is not there", "name a project in which storage is enabled")
        return f"serviceAccount:{found['email_address']}"

    def _policy(self) -> dict[str, Any] | None:
        # Version 3 or the conditions of others' bindings would be lost.
        version = {"options.requestedPolicyVersion": "3"}
        return self._send(
            "GET", f"{_KMS}/{self.key}:getIamPolicy", "look at who may use it", version, None, absent=True
        )

    def _grant_missing(self) -> str | None:
        agent, policy = self._agent(), self._policy() or {}
        for binding in policy.get("bindings", []):
            if binding["role"] == _ENCRYPTS and agent in binding.get("members", []) and "condition" not in binding:
                return None
        return f"let {agent} encrypt with the key"

    def _grant(self) -> None:
        # With its etag: what somebody else grants at the same time must not be lost.
        policy = self._policy() or {}
        granted = {"role": _ENCRYPTS, "members": [self._agent()]}
        body = {"policy": {**policy, "version": 3, "bindings": [*policy.get("bindings", []), granted]}}
        self._send("POST", f"{_KMS}/{self.key}:setIamPolicy", "let storage use the key", {}, body)

    # -- the bucket

    def _look(self) -> dict[str, Any] | None:
        return self._find(f"{_STORAGE}/b/{self._bucket}", "look at the bucket")

    def _bucket_missing(self) -> str | None:
        found = self._look()
        self._is_new = found is None
        if found is None:
            return f"make {self._bucket} in {self._location}, encrypted with the key"
        if found["location"].lower() != self._location.lower():
            raise _problem("--location", f"{self._bucket} is in {found['location']}", f"--location {found['location']}")
        return None

    def _make_bucket(self) -> None:
        # Whole from the start: at no moment is there a bucket with less.
        body = {
            "name": self._bucket,
            "location": self._location,
            "versioning": {"enabled": True},
            "iamConfiguration": self._closed(),
            "encryption": {"defaultKmsKeyName": self.key},
            "lifecycle": {"rule": [self._old_versions()]},
        }
        self._send("POST", f"{_STORAGE}/b", "make the bucket", {"project": self._project}, body)

    def _versions_missing(self) -> str | None:
        return None if (self._look() or {}).get("versioning", {}).get("enabled") else "keep every version"

    def _keep_versions(self) -> None:
        self._patch("keep versions", {"versioning": {"enabled": True}})

    @staticmethod
    def _closed() -> dict[str, Any]:
        return {"uniformBucketLevelAccess": {"enabled": True}, "publicAccessPrevention": "enforced"}

    def _public_missing(self) -> str | None:
        told = (self._look() or {}).get("iamConfiguration", {})
        uniform = told.get("uniformBucketLevelAccess", {}).get("enabled")
        closed = uniform and told.get("publicAccessPrevention") == "enforced"
        return None if closed else "prevent public access, and leave access to IAM alone"

    def _block(self) -> None:
        self._patch("prevent public access", {"iamConfiguration": self._closed()})

    def _encryption_missing(self) -> str | None:
        # Another key than ours is somebody's decision.
        return None if (self._look() or {}).get("encryption", {}).get("defaultKmsKeyName") else "encrypt with the key"

    def _encrypt(self) -> None:
        self._patch("encrypt the bucket", {"encryption": {"defaultKmsKeyName": self.key}})

    def _old_versions(self) -> dict[str, Any]:
        return {"action": {"type": "Delete"}, "condition": {"daysSinceNoncurrentTime": self.keep_days}}

    def _rules(self) -> list[dict[str, Any]]:
        return list((self._look() or {}).get("lifecycle", {}).get("rule", []))

    def _ours(self, rule: Mapping[str, Any]) -> bool:
        return rule["action"].get("type") == "Delete" and set(rule["condition"]) == {"daysSinceNoncurrentTime"}

    def _lifecycle_missing(self) -> str | None:
        ours = [rule["condition"]["daysSinceNoncurrentTime"] for rule in self._rules() if self._ours(rule)]
        if not self._is_new and not ours:
            return None  # Versions that are kept for ever stay: to let them go would take something away.
        return None if ours and min(ours) >= self.keep_days else f"let old versions go after {self.keep_days} days"

    def _expire(self) -> None:
        others = [rule for rule in self._rules() if not self._ours(rule)]
        self._patch("write the lifecycle", {"lifecycle": {"rule": [*others, self._old_versions()]}})

    # -- asking

    def _patch(self, what: str, body: Mapping[str, object]) -> None:
        found = self._look() or {}
        same = {"ifMetagenerationMatch": str(found.get("metageneration", ""))}
        self._send("PATCH", f"{_STORAGE}/b/{self._bucket}", what, same, body)

    def _find(self, address: str, what: str) -> dict[str, Any] | None:
        return self._send("GET", address, what, {}, None, absent=True)

    def _send(
        self,
        method: str,
        address: str,
        what: str,
        parameters: Mapping[str, str],
        body: Mapping[str, object] | None,
        *,
        absent: bool = False,
    ) -> dict[str, Any] | None:
        """The answer; None for what is not there, where that is `absent` and no failure. Raises Problems."""
        failure = _problem("Google", f"cannot {what}", _NETWORK)
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._http.request(method, address, params=parameters or None, json=body)
            except httpx.TransportError as error:
                failure = _problem("Google", f"cannot {what}: no answer ({printable(str(error), _LONGEST)})", _NETWORK)
            else:
                if answer.is_success:
                    found: dict[str, Any] = answer.json()
                    return found
                if absent and answer.status_code == httpx.codes.NOT_FOUND:
                    return None
                failure = _refused(what, answer)
                if answer.status_code not in _BUSY:
                    break
            if method != "GET" or attempt == _ATTEMPTS:
                break
            time.sleep(0.5 * 2**attempt)
        # Outside the handler: the library's error holds the request, and that the token.
        raise failure


def _key_location(location: str) -> str:
    """Where the key of a bucket has to be: https://cloud.google.com/storage/docs/encryption/customer-managed-keys."""
    return {"eu": "europe"}.get(location.lower(), location.lower())


def _default_token() -> str:
    import google.auth
    import google.auth.transport.requests
    from google.auth.exceptions import GoogleAuthError

    try:
        credentials, _ = google.auth.default(scopes=[_SCOPE])
        refresh: Callable[[object], None] = credentials.refresh
        refresh(google.auth.transport.requests.Request())
        return str(credentials.token)
    except GoogleAuthError as error:
        said = printable(str(error), _LONGEST)
    raise _problem("Google", f"no access token was to be had: {said}", "gcloud auth application-default login")


def _refused(what: str, answer: httpx.Response) -> Problems:
    try:
        said = printable(str(answer.json()["error"]["message"]), _LONGEST)
    except (ValueError, KeyError, TypeError):
        said = ""
    if answer.status_code in (401, 403):
        mend = "log in as somebody who may; is the API on? gcloud services enable cloudkms.googleapis.com"
        return _problem("Google", f"cannot {what}: access is denied ({answer.status_code}) {said}".rstrip(), mend)
    if answer.status_code == httpx.codes.CONFLICT:
        return _problem(
            "--url", f"cannot {what}: the name is taken. {said}".rstrip(), "choose another: names are worldwide"
        )
    return _problem("Google", f"cannot {what}: {answer.status_code} {said}".rstrip(), "see what Google says")


def _problem(where: str, what: str, mend: str) -> Problems:
    return Problems(_TITLE, [Problem(where, what, mend)])


_NETWORK = "see the network, and proxies"
