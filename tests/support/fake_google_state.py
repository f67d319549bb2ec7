"""Cloud Storage and Cloud KMS in memory, as far as a state backend needs them: a handler for `httpx.MockTransport`.

Raises on every request, parameter and property that it does not know; names and paths are those of the APIs' discovery
documents (storage v1 and cloudkms v1, read 2026-11).
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

_BUCKET = {"name", "location", "versioning", "iamConfiguration", "encryption", "lifecycle"}
_KEY = {"purpose", "rotationPeriod", "nextRotationTime"}
_NAME = r"projects/[^/]+/locations/[^/]+/keyRings/[^/:]+"


@dataclass
class FakeGoogleState:
    """One project's buckets and keys. `queue` answers the next requests, whatever they are."""

    project: str = "acme-prod"
    buckets: dict[str, dict[str, Any]] = field(default_factory=dict)
    rings: set[str] = field(default_factory=set)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)
    queue: list[httpx.Response] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    @property
    def agent(self) -> str:
        """The account as which storage encrypts."""
        return "service-1@gs-project-accounts.iam.gserviceaccount.com"

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answers as Google would."""
        self.requests.append(request)
        if self.queue:
            return self.queue.pop(0)
        if request.headers.get("authorization") != "Bearer ya29.canary":
            return _error(401, "Request had invalid authentication credentials.")
        body = json.loads(request.content) if request.content else {}
        query = dict(request.url.params)
        path = request.url.path
        if request.url.host == "storage.googleapis.com":
            return self._storage(request.method, path.removeprefix("/storage/v1/"), query, body)
        assert request.url.host == "cloudkms.googleapis.com"
        return self._kms(request.method, path.removeprefix("/v1/"), query, body)

    def _storage(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        if (method, path) == ("GET", f"projects/{self.project}/serviceAccount"):
            return httpx.Response(200, json={"email_address": self.agent, "kind": "storage#serviceAccount"})
        if (method, path) == ("POST", "b"):
            assert query == {"project": self.project}
            assert set(body) <= _BUCKET
            return self._make_bucket(body)
        name = path.removeprefix("b/")
        assert "/" not in name, f"{method} {path} is not known here"
        found = self.buckets.get(name)
        if found is None:
            return _error(404, "The specified bucket does not exist.")
        if method == "PATCH":
            assert set(body) <= _BUCKET - {"name", "location"}
            if query != {"ifMetagenerationMatch": found["metageneration"]}:
                return _error(412, "At least one of the pre-conditions you specified did not hold.")
            found |= body | {"metageneration": str(int(found["metageneration"]) + 1)}
        else:
            assert (method, query) == ("GET", {})
        return httpx.Response(200, json=found)

    def _make_bucket(self, body: dict[str, Any]) -> httpx.Response:
        if body["name"] in self.buckets:
            return _error(409, "The requested bucket name is not available.")
        key = body.get("encryption", {}).get("defaultKmsKeyName")
        members = [who for binding in self.policies.get(key, {}).get("bindings", []) for who in binding["members"]]
        if key is not None and f"serviceAccount:{self.agent}" not in members:
            return _error(403, "Permission denied on Cloud KMS key.")
        # A key has to be where the bucket is; the multi-region EU is `europe` to KMS.
        where = {"EU": "europe"}.get(body["location"].upper(), body["location"].lower())
        if key is not None and f"/locations/{where}/" not in key:
            return _error(400, "The Cloud KMS key is in another location.")
        self.buckets[body["name"]] = body | {"location": body["location"].upper(), "metageneration": "1"}
        return httpx.Response(200, json=self.buckets[body["name"]])

    def _kms(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> httpx.Response:
        if method == "POST" and (match := re.fullmatch(r"(projects/[^/]+/locations/[^/]+/keyRings)", path)):
            assert (set(query), body) == ({"keyRingId"}, {})
            self.rings.add(f"{match[1]}/{query['keyRingId']}")
            return httpx.Response(200, json={"name": f"{match[1]}/{query['keyRingId']}"})
        if method == "POST" and (match := re.fullmatch(rf"({_NAME})/cryptoKeys", path)):
            assert match[1] in self.rings
            assert (set(query), set(body)) == ({"cryptoKeyId"}, _KEY)
            assert re.fullmatch(r"\d+s", body["rotationPeriod"])
            self.keys[f"{path}/{query['cryptoKeyId']}"] = {"name": f"{path}/{query['cryptoKeyId']}", **body}
            return httpx.Response(200, json=self.keys[f"{path}/{query['cryptoKeyId']}"])
        name, _, action = path.partition(":")
        if name not in self.keys and name not in self.rings:
            return _error(404, f"{name} not found.")
        if (method, action) == ("GET", "getIamPolicy"):
            assert query == {"options.requestedPolicyVersion": "3"}
            return httpx.Response(200, json=self.policies.get(name, {"etag": "1"}))
        if (method, action) == ("POST", "setIamPolicy"):
            assert (query, set(body)) == ({}, {"policy"})
            there = self.policies.get(name, {"etag": "1"})
            if body["policy"].get("etag") != there["etag"]:
                return _error(409, "There were concurrent policy changes.")
            self.policies[name] = body["policy"] | {"etag": str(int(there["etag"]) + 1)}
            return httpx.Response(200, json=self.policies[name])
        assert (method, action, query) == ("GET", "", {}), f"{method} {path} is not known here"
        return httpx.Response(200, json=self.keys.get(name, {"name": name}))


def _error(status: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": status, "message": message, "errors": []}})
