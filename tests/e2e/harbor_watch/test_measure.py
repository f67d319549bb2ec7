"""Harbor's server measures, for real: the shipped scripts against stand-ins of Harbor and of a cloud.

Owns: those stand-ins, each of which refuses what it does not know. Does not own: what Harbor answers; the bodies are
built as harborapi's models have them.
"""

import base64
import json
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme
from harborapi.models import OverallHealthStatus, Project, Quota, Robot, SecuritySummary

from components.harbor.watch.signals import table
from tests.support.http_double import Answer, serving

LIB = Path(__file__).resolve().parents[3] / "components" / "harbor" / "boot" / "files" / "lib"
HOST = "registry.example.com"
PASSWORD = 'Canary"1\\pass word'
KEY = "canary-secret-access-key"
TOKEN = "canary-token"
_SECONDS = 30
_DAY = 86400


def _core(errors: int, refused: int, *, others: int = 7) -> str:
    return f"""# HELP harbor_core_http_request_total The total number of requests
# TYPE harbor_core_http_request_total counter
harbor_core_http_request_total{{code="200",method="GET",operation="GetHealth"}} {others}
harbor_core_http_request_total{{code="401",method="PUT",operation="unknown"}} 50
harbor_core_http_request_total{{code="404",method="HEAD",operation="v2_blob"}} 60
harbor_core_http_request_total{{code="500",method="GET",operation="v2_manifest"}} {errors}
harbor_core_http_request_total{{code="412",method="PUT",operation="v2_manifest"}} {refused}
"""


EXPORTER = """# TYPE harbor_task_queue_size gauge
harbor_task_queue_size{type="GARBAGE_COLLECTION"} 1
harbor_task_queue_size{type="IMAGE_SCAN"} 41
harbor_task_queue_latency{type="IMAGE_SCAN"} 900
"""


def _robot(name: str, days: float, *, disable: bool = False) -> Robot:
    return Robot(name=name, disable=disable, expires_at=int(time.time() + days * _DAY), level="project")


def _answers() -> dict[str, Any]:
    quotas = [
        Quota.model_validate({"hard": {"storage": -1}, "used": {"storage": 9_000}}),
        Quota.model_validate({"hard": {"storage": 2_000}, "used": {"storage": 1_501}}),
        Quota.model_validate({"hard": {"storage": 1_000}, "used": {"storage": 10}}),
    ]
    robots = [
        _robot("robot$apps+builder-a", 0.5),
        _robot("robot$apps+builder-b", 60),
        _robot("robot$apps+someone", 300),
        _robot("robot$apps+builder-b", 400, disable=True),
    ]
    return {
        "health": OverallHealthStatus(status="healthy"),
        "quotas?reference=project&page_size=100": quotas,
        "security/summary": SecuritySummary(critical_cnt=2, high_cnt=5, medium_cnt=90),
        "projects?page_size=100": [Project(project_id=1), Project(project_id=4)],
        "robots?q=Level%3Dproject,ProjectID%3D1&page_size=100": [],
        "robots?q=Level%3Dproject,ProjectID%3D4&page_size=100": robots,
    }


@dataclass
class Stand:
    """Harbor, its metrics, the metadata service and the monitoring, and the server's folders."""

    root: Path
    answers: dict[str, Any] = field(default_factory=_answers)
    metrics: dict[str, str] = field(default_factory=lambda: {"": EXPORTER, "?comp=core": _core(3, 4)})
    sent: list[tuple[str, Mapping[str, str], Any]] = field(default_factory=list)
    refuse: bool = False

    def harbor(self, method: str, path: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        name = path.removeprefix("/api/v2.0/")
        word = base64.b64encode(f"admin:{PASSWORD}".encode()).decode()
        if method != "GET" or name not in self.answers or headers["host"] != HOST:
            return 404, {}, b"{}"
        if name != "health" and headers.get("authorization") != f"Basic {word}":
            return 401, {}, b"{}"
        found = self.answers[name]
        whole = (
            [each.model_dump(mode="json") for each in found]
            if isinstance(found, list)
            else found.model_dump(mode="json")
        )
        return 200, {}, json.dumps(whole).encode()

    def exporter(self, _method: str, path: str, _headers: Mapping[str, str], _body: bytes) -> Answer:
        found = self.metrics.get(path.removeprefix("/metrics"))
        return (404, {}, b"") if found is None else (200, {"Content-Type": "text/plain"}, found.encode())

    def metadata(self, method: str, path: str, headers: Mapping[str, str], _body: bytes) -> Answer:
        if method == "PUT" and path == "/latest/api/token":
            return 200, {}, b"session"
        amazon = {
            "meta-data/instance-id": b"i-0123456789abcdef0",
            "meta-data/iam/security-credentials/": b"harbor",
            "meta-data/iam/security-credentials/harbor": json.dumps(
                {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": KEY, "Token": TOKEN}
            ).encode(),
        }
        google = {
            "instance/id": b"4711",
            "instance/zone": b"projects/42/zones/europe-west1-b",
            "instance/service-accounts/default/token": json.dumps({"access_token": TOKEN}).encode(),
        }
        if headers.get("x-aws-ec2-metadata-token") == "session":
            return 200, {}, amazon[path.removeprefix("/latest/")]
        assert headers.get("metadata-flavor") == "Google"
        return 200, {}, google[path.removeprefix("/computeMetadata/v1/")]

    def monitoring(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        assert method == "POST"
        if self.refuse:
            return 400, {}, b'{"message": "no such metric"}'
        self.sent.append((path, headers, json.loads(body)))
        return 200, {}, b"{}"

    def want(self, watch: Any) -> None:
        """Another wanted document."""
        document = {"host": HOST, "watch": watch}
        (self.root / "run" / "wanted.json").write_text(json.dumps(document), encoding="utf-8")

    def remember(self, name: str, value: Any) -> None:
        """A state file."""
        (self.root / "data" / "snapdeploy" / name).write_text(json.dumps(value), encoding="utf-8")

    def run(self, cloud: str = "ec2", code: int = 0) -> str:
        """What the script said."""
        where = self.urls["metadata"], self.urls["monitoring"]
        place = {"CLOUD": cloud, "REGION": "us-east-1", "SCOPE": "my-project"}
        place |= dict(zip(("METADATA_URL", "MONITORING_URL"), where, strict=True))
        (self.root / "place.env").write_text(
            "".join(f"{name}={value}\n" for name, value in place.items()), encoding="utf-8"
        )
        shutil.rmtree(self.root / "run" / "instance", ignore_errors=True)
        (self.root / "run" / "instance").unlink(missing_ok=True)
        environment = {
            "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}",
            "NO_PROXY": "127.0.0.1",
            "LIB_DIR": str(LIB),
            "PLACE_FILE": str(self.root / "place.env"),
            "DATA_DIR": str(self.root / "data"),
            "RUN_DIR": str(self.root / "run"),
            "LOG_FILE": str(self.root / "log"),
            "HARBOR_ADDRESS": self.urls["harbor"].removeprefix("https://"),
            "METRICS_ADDRESS": self.urls["exporter"].removeprefix("http://"),
            "ARGUMENTS": str(self.root / "arguments"),
        }
        done = subprocess.run(
            [str(LIB / "measure.sh")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
        assert done.returncode == code, done.stderr
        return done.stderr

    @property
    def measured(self) -> dict[str, float]:
        """The values that CloudWatch was sent last."""
        return {each["MetricName"]: each["Value"] for each in self.sent[-1][2]["MetricData"]}

    urls: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Stand]:
    """A healthy Harbor with some of everything."""
    for name in ("data/snapdeploy/tls", "run", "bin"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("curl", "python3", "jq"):
        real, wrapper = shutil.which(name), tmp_path / "bin" / name
        wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$0 $*" >>"$ARGUMENTS"\nexec {real} "$@"\n', encoding="utf-8")
        wrapper.chmod(0o755)
    stand = Stand(tmp_path)
    authority = trustme.CA()
    issued = authority.issue_cert(HOST, not_after=datetime.now(UTC) + timedelta(days=30))
    (tmp_path / "data/snapdeploy/tls/chain.pem").write_bytes(
        issued.cert_chain_pems[0].bytes() + authority.cert_pem.bytes()
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(tls)
    stand.want({"namespace": "SnapDeploy/Harbor", "registry": "prod/main"})
    (tmp_path / "run/secret.json").write_text(json.dumps({"adminPassword": PASSWORD}), encoding="utf-8")
    (tmp_path / "data/snapdeploy/installed").write_text("2.15.2\n", encoding="utf-8")
    stand.remember("backup.json", {"id": "x", "at": _ago(hours=6), "version": "2.15.2"})
    stand.remember("rehearsal.json", {"id": "x", "at": _ago(days=3), "ok": True})
    with ExitStack() as stack:
        for name in ("harbor", "exporter", "metadata", "monitoring"):
            stand.urls[name] = stack.enter_context(serving(getattr(stand, name), tls if name == "harbor" else None))
        yield stand
    seen = [
        (tmp_path / name).read_text(encoding="utf-8") for name in ("arguments", "log") if (tmp_path / name).exists()
    ]
    for secret in (PASSWORD, base64.b64encode(f"admin:{PASSWORD}".encode()).decode(), KEY, TOKEN):
        assert not any(secret in text for text in seen), "a secret is in an argument or in the log"


def _ago(**much: float) -> str:
    return (datetime.now(UTC) - timedelta(**much)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_cloudwatch_gets_every_signal_with_its_value(stand: Stand) -> None:
    stand.run()
    used = shutil.disk_usage(stand.root)
    assert stand.measured == {
        "Health": 1,
        "CertificateDays": pytest.approx(30, abs=0.01),
        "DiskUsedPercent": pytest.approx(used.used / (used.used + used.free) * 100, abs=0.5),
        "QuotaUsedPercent": 75.05,
        "QueueSize": 42,
        "ServerErrors": 0,
        "FailedPushes": 0,
        "ScanFindings": 7,
        "RobotDays": pytest.approx(60, abs=0.01),
        "BackupHours": pytest.approx(6, abs=0.02),
        "RehearsalDays": pytest.approx(3, abs=0.01),
        "Unmeasured": 0,
    }
    assert list(stand.measured) == [signal.name for signal in table()]
    _path, headers, body = stand.sent[-1]
    assert headers["x-amz-target"] == "GraniteServiceVersion20100801.PutMetricData"
    assert "/us-east-1/monitoring/aws4_request" in headers["authorization"]
    assert body["Namespace"] == "SnapDeploy/Harbor"
    assert {json.dumps(each["Dimensions"]) for each in body["MetricData"]} == {
        '[{"Name": "Registry", "Value": "prod/main"}]'
    }


def test_counters_are_told_since_the_last_time_that_was_told(stand: Stand) -> None:
    stand.remember("measured.json", {"ServerErrors": 1, "FailedPushes": 9})
    stand.refuse = True
    assert "not sent: " in stand.run(code=1)
    stand.refuse = False
    stand.run()
    assert stand.measured["ServerErrors"] == 2
    assert stand.measured["FailedPushes"] == 4, "less than the last time: Harbor was started again"
    assert json.loads((stand.root / "data/snapdeploy/measured.json").read_text(encoding="utf-8"))["FailedPushes"] == 4


def test_what_cannot_be_measured_leaves_the_others(stand: Stand) -> None:
    del stand.answers["health"], stand.answers["security/summary"], stand.metrics[""]
    stand.remember("rehearsal.json", {"id": "x", "at": _ago(days=3), "ok": False})
    (stand.root / "data/snapdeploy/backup.json").unlink()
    said = stand.run()
    assert "not measured: ScanFindings: " in said
    assert "not measured: QueueSize: " in said
    assert {signal.name for signal in table()} - set(stand.measured) == {"ScanFindings", "QueueSize"}
    assert stand.measured["Health"] == 0, "a Harbor that does not answer is not healthy"
    assert (stand.measured["Unmeasured"], stand.measured["RehearsalDays"]) == (2, 999)
    assert stand.measured["BackupHours"] < 1, "since Harbor was installed"


def test_cloud_monitoring_gets_every_signal(stand: Stand) -> None:
    stand.run("compute-engine")
    path, headers, body = stand.sent[-1]
    assert (path, headers["authorization"]) == ("/v3/projects/my-project/timeSeries", f"Bearer {TOKEN}")
    kind = "custom.googleapis.com/snapdeploy/harbor/"
    assert [each["metric"]["type"] for each in body["timeSeries"]] == [kind + signal.name for signal in table()]
    first = body["timeSeries"][0]
    assert first["metric"]["labels"] == {"registry": "prod/main"}
    assert first["resource"] == {
        "type": "gce_instance",
        "labels": {"project_id": "my-project", "instance_id": "4711", "zone": "europe-west1-b"},
    }
    assert [point["value"] for point in first["points"]] == [{"doubleValue": 1.0}]


def test_nothing_is_sent_where_nothing_watches(stand: Stand) -> None:
    stand.want(None)
    stand.run()
    assert not stand.sent
