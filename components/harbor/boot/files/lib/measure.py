"""Measures Harbor, each signal apart: one that cannot be is said and left out. Prints what the monitoring is sent."""

import base64
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import sys
import time
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

NOW = int(time.time())
RUN, STATE = Path(os.environ["RUN_DIR"]), Path(os.environ["STATE_DIR"])
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$", re.MULTILINE)
ADDRESS, _, PORT = os.environ.get("HARBOR_ADDRESS", "127.0.0.1:443").partition(":")
DAY = 86400
counted: dict[str, float] = {}


def kept(path: Path) -> Any:
    return json.loads(path.read_text())


def secure() -> ssl.SSLSocket:
    """A connection to this server, whatever the DNS says."""
    trust = ssl.create_default_context(cafile=os.environ["TLS_DIR"] + "/chain.pem")
    trust.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return trust.wrap_socket(socket.create_connection((ADDRESS, int(PORT)), 20), server_hostname=wanted["host"])


def text(door: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> str:
    door.request("GET", path, headers=headers)
    answer = door.getresponse()
    if answer.status != 200:
        raise ValueError(f"{path}: {answer.status}")
    return answer.read().decode()


def api(path: str, *, admin: bool = True) -> Any:
    door = http.client.HTTPSConnection(wanted["host"])
    door.sock = secure()
    word = base64.b64encode(f"admin:{kept(RUN / 'secret.json')['adminPassword']}".encode()).decode() if admin else ""
    return json.loads(text(door, "/api/v2.0/" + path, {"Authorization": "Basic " + word} if admin else {}))


@cache
def metrics(query: str) -> list[tuple[str, str, str]]:
    door = http.client.HTTPConnection(os.environ.get("METRICS_ADDRESS", "127.0.0.1:9090"), timeout=20)
    return LINE.findall(text(door, "/metrics" + query, {}))


def total(query: str, metric: str, **like: str) -> float:
    found = [(labels, value) for name, labels, value in metrics(query) if name == metric]
    if not found:
        raise ValueError(f"no {metric}")
    return sum(
        float(value) for labels, value in found if all(re.search(f'{k}="({x})"', labels) for k, x in like.items())
    )


def since_last(name: str, **like: str) -> float:
    """How far a counter got since the last time; 0 the first time. A smaller one began anew."""
    now = counted[name] = total("?comp=core", "harbor_core_http_request_total", **like)
    path = STATE / "measured.json"
    last = kept(path).get(name, now) if path.exists() else now
    return now - last if now >= last else now


def age(file: str) -> float:
    """Days since the `at` of a state file; since Harbor was installed where there is none."""
    path = STATE / file
    if path.exists():
        then = datetime.fromisoformat(kept(path)["at"]).timestamp()
    else:
        then = (STATE / "installed").stat().st_mtime
    return (NOW - then) / DAY


def health() -> float:
    try:
        return float(api("health", admin=False)["status"] == "healthy")
    except (OSError, ValueError):
        return 0.0


def certificate() -> float:
    with secure() as served:
        return (ssl.cert_time_to_seconds(str((served.getpeercert() or {})["notAfter"])) - NOW) / DAY


def disk() -> float:
    found = shutil.disk_usage(os.environ["DATA_DIR"])
    return found.used / (found.used + found.free) * 100


def quota() -> float:
    pairs = [(one["used"]["storage"], one["hard"]["storage"]) for one in api("quotas?reference=project&page_size=100")]
    return max((used / hard * 100 for used, hard in pairs if hard > 0), default=0.0)


def findings() -> float:
    found = api("security/summary")
    return float(found["critical_cnt"] + found["high_cnt"])


def robot() -> float:
    found = [
        one
        for project in api("projects?page_size=100")
        for one in api(f"robots?q=Level%3Dproject,ProjectID%3D{project['project_id']}&page_size=100")
        if re.search(r"\+builder-[ab]$", one["name"]) and not one["disable"]
    ]
    return max((one["expires_at"] - NOW) / DAY if one["expires_at"] > 0 else 999.0 for one in found)


def rehearsal() -> float:
    path = STATE / "rehearsal.json"
    return age(path.name) if not path.exists() or kept(path)["ok"] else 999.0


wanted = kept(RUN / "wanted.json")
SIGNALS = {
    "Health": health,
    "CertificateDays": certificate,
    "DiskUsedPercent": disk,
    "QuotaUsedPercent": quota,
    "QueueSize": lambda: total("", "harbor_task_queue_size"),
    "ServerErrors": lambda: since_last("ServerErrors", code="5.."),
    "FailedPushes": lambda: since_last(
        "FailedPushes", method="POST|PUT|PATCH", operation="v2_manifest|v2_blob_upload", code="[45].."
    ),
    "ScanFindings": findings,
    "RobotDays": robot,
    "BackupHours": lambda: age("backup.json") * 24,
    "RehearsalDays": rehearsal,
}
values: dict[str, float] = {}
for signal, measure in SIGNALS.items():
    try:
        values[signal] = round(measure(), 3)
    except Exception as problem:  # noqa: BLE001  # whatever it is, the others are measured
        print(f"{signal}: {problem!r:.200}", file=sys.stderr)
values["Unmeasured"] = len(SIGNALS) - len(values)
(RUN / "counted").write_text(json.dumps(counted))
watch = wanted["watch"]
if os.environ["CLOUD"] == "ec2":
    own = {"Dimensions": [{"Name": "Registry", "Value": watch["registry"]}], "Timestamp": NOW}
    data = [{"MetricName": name, "Value": value, **own} for name, value in values.items()]
    print(json.dumps({"Namespace": watch["namespace"], "MetricData": data}))
else:
    place = {"project_id": os.environ["SCOPE"], "zone": os.environ["ZONE"].rpartition("/")[2]}
    resource = {"type": "gce_instance", "labels": {**place, "instance_id": os.environ["INSTANCE"]}}
    end = {"endTime": time.strftime("%FT%TZ", time.gmtime(NOW))}
    kind = "custom.googleapis.com/snapdeploy/harbor/"
    series = [
        {
            "metric": {"type": kind + name, "labels": {"registry": watch["registry"]}},
            "resource": resource,
            "points": [{"interval": end, "value": {"doubleValue": value}}],
        }
        for name, value in values.items()
    ]
    print(json.dumps({"timeSeries": series}))
