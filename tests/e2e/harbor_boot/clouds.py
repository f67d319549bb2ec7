"""The two clouds as a server sees them: metadata, documents, report; and the sites that it downloads from.

Owns: answering only what is asked rightly: with a session token (IMDSv2), by a signature of the role's own credentials,
which is computed anew, or with Google's header and token. What it does not know is refused and remembered in `refused`.
Does not own: what is in the documents.
"""

import base64
import hashlib
import hmac
import json
import queue
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.http_double import Answer

REGION = "us-east-1"
KEY = {"AccessKeyId": "ASIACANARY0KEY", "SecretAccessKey": "canary/secret+key", "Token": "canary-session-token=="}
IMDS = "canary-imds-token"
GOOGLE = "canary-google-token"
NAMES = {"wanted": "/snapdeploy/test/wanted", "report": "/snapdeploy/test/report", "secret": "snapdeploy/test/harbor"}
GOOGLE_NAMES = {"wanted": "harbor-wanted", "report": "snapdeploy/harbor", "secret": "projects/p/secrets/s"}
_SEPARATE = re.compile(r"[=, ]+")


@dataclass
class Cloud:
    """What the server is told, and what it said."""

    wanted: Mapping[str, Any]
    secret: Mapping[str, str]
    instance: str = "i-0first"
    files: dict[str, bytes] = field(default_factory=dict)
    """What can be downloaded, by path."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Other parameters, by name."""
    reports: list[dict[str, Any]] = field(default_factory=list)
    downloads: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    commands: "queue.Queue[str]" = field(default_factory=queue.Queue)
    results: "queue.Queue[str]" = field(default_factory=queue.Queue)

    @property
    def text(self) -> str:
        """The wanted document as it is stored."""
        return json.dumps(self.wanted, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """By which a report says what it answers."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def reported(self, state: str, seconds: float) -> dict[str, Any]:
        """Waits for a report of `state` on the present wanted document and instance. Raises TimeoutError."""

        def found() -> dict[str, Any] | None:
            mine = (one for one in self.reports if one["wanted"] == self.digest and one["instance"] == self.instance)
            return next((one for one in mine if one["state"] == state), None)

        with self.changed:
            if not self.changed.wait_for(lambda: found() is not None, seconds):
                raise TimeoutError(f"no report `{state}` in {seconds:.0f} s: {self.reports[-3:]} {self.refused}")
            report = found()
        assert report is not None
        return report

    def run(self, command: str, seconds: float = 40) -> str:
        """What `command` prints in the guest; raises AssertionError where it fails."""
        self.commands.put(command)
        status, _, output = self.results.get(timeout=seconds).partition("\n")
        assert status == "0", f"`{command}` ended with {status}: {output}"
        return output

    def respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Answers one request."""
        for answer in (self._agent, self._metadata, self._aws, self._google):
            found = answer(method, path, headers, body)
            if found is not None:
                return found
        if method == "GET" and path in self.files:
            self.downloads.append(path)
            return 200, {}, self.files[path]
        self.refused.append(f"{method} {path}")
        return 404, {}, f"nothing at {path}".encode()

    def _agent(self, method: str, path: str, _headers: Mapping[str, str], body: bytes) -> Answer | None:
        if path == "/agent/next":
            try:
                return 200, {}, self.commands.get(timeout=5).encode()
            except queue.Empty:
                return 200, {}, b""
        if path == "/agent/done":
            self.results.put(body.decode(errors="replace"))
            return 200, {}, b""
        return None

    def _metadata(self, method: str, path: str, headers: Mapping[str, str], _body: bytes) -> Answer | None:
        if not path.startswith("/latest/"):
            return None
        if method == "PUT" and path == "/latest/api/token":
            return 200, {}, IMDS.encode()
        if headers.get("x-aws-ec2-metadata-token") != IMDS:
            self.refused.append(f"{method} {path} without a session token")
            return 401, {}, b"no token"
        role = "/latest/meta-data/iam/security-credentials/"
        known = {"/latest/meta-data/instance-id": self.instance, role: "server", f"{role}server": json.dumps(KEY)}
        return (200, {}, known[path].encode()) if path in known else None

    def _aws(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        services = {"/ssm/": "ssm", "/secrets/": "secretsmanager"}
        if path not in services or method != "POST":
            return None
        problem = _unsigned(services[path], path, headers, body)
        if problem or headers.get("content-type") != "application/x-amz-json-1.1":
            self.refused.append(f"{path}: {problem or headers.get('content-type')}")
            return 403, {}, json.dumps({"__type": "AccessDenied", "Message": problem}).encode()
        asked = json.loads(body)
        target = headers["x-amz-target"]
        known = {**self.parameters, NAMES["wanted"]: self.text}
        if target == "AmazonSSM.GetParameter" and asked.get("Name") in known:
            return 200, {}, json.dumps({"Parameter": {"Value": known[asked["Name"]]}}).encode()
        if target == "secretsmanager.GetSecretValue" and asked == {"SecretId": NAMES["secret"]}:
            return 200, {}, json.dumps({"SecretString": json.dumps(self.secret)}).encode()
        if target == "AmazonSSM.PutParameter":
            value = asked.pop("Value")
            assert asked == {"Name": NAMES["report"], "Type": "String", "Overwrite": True}
            return self._heard(value)
        return None

    def _google(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        root = "/computeMetadata/v1/instance/"
        if path == f"/secrets/v1/{GOOGLE_NAMES['secret']}/versions/latest:access":
            if headers.get("authorization") != f"Bearer {GOOGLE}":
                return 401, {}, b"no token"
            data = base64.b64encode(json.dumps(self.secret).encode()).decode()
            return 200, {}, json.dumps({"payload": {"data": data}}).encode()
        if not path.startswith(root) or headers.get("metadata-flavor") != "Google":
            return None
        if method == "PUT" and path == f"{root}guest-attributes/{GOOGLE_NAMES['report']}":
            return self._heard(body.decode())
        known = {
            "service-accounts/default/token": json.dumps({"access_token": GOOGLE}),
            "id": self.instance,
            f"attributes/{GOOGLE_NAMES['wanted']}": self.text,
        }
        found = known.get(path.removeprefix(root))
        return None if found is None else (200, {}, found.encode())

    def _heard(self, value: str) -> Answer:
        assert len(value.encode()) <= 4096
        with self.changed:
            self.reports.append(json.loads(value))
            self.changed.notify_all()
        return 200, {}, b"{}"


def _unsigned(service: str, path: str, headers: Mapping[str, str], body: bytes) -> str:
    """Why the request is not signed by the role's credentials; empty where it is.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    told = headers.get("authorization", "")
    if not told.startswith("AWS4-HMAC-SHA256 Credential="):
        return "no signature"
    _, _, credential, _, signed, _, signature = _SEPARATE.split(told)
    key, date, region, of, end = credential.split("/")
    names = signed.split(";")
    if (key, region, of) != (KEY["AccessKeyId"], REGION, service):
        return f"signed as {credential}"
    if "x-amz-security-token" not in names or headers["x-amz-security-token"] != KEY["Token"]:
        return "the session's token is not signed"
    lines = [f"{name}:{headers[name].strip()}\n" for name in names]
    canonical = f"POST\n{path}\n\n{''.join(lines)}\n{signed}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{date}/{region}/{of}/{end}"
    text = f"AWS4-HMAC-SHA256\n{headers['x-amz-date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    secret = b"AWS4" + KEY["SecretAccessKey"].encode()
    for part in (date, region, of, end):
        secret = hmac.digest(secret, part.encode(), "sha256")
    return "" if hmac.new(secret, text.encode(), "sha256").hexdigest() == signature else "the signature is another"
