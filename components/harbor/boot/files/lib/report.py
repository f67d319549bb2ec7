"""Prints the report: report.py STATE STEP MESSAGE. Secrets that slipped into message or log are taken out of them."""

import datetime
import hashlib
import json
import os
import pathlib
import sys

LIMIT = 4096
"""Bytes: what a standard SSM parameter holds."""
LOG, MESSAGE = 1500, 700


def read(path: str) -> str:
    """A file's text; empty where there is none."""
    try:
        return pathlib.Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def main() -> None:
    """Everything else comes by the environment: RUN_DIR, STATE_DIR, LOG_FILE, INSTANCE."""
    run, state = os.environ["RUN_DIR"], os.environ["STATE_DIR"]
    secrets = json.loads(read(f"{run}/secret.json") or "{}")
    lines = {
        line for value in secrets.values() if isinstance(value, str) for line in value.splitlines() if len(line) > 5
    }
    kept = {line for line in lines if not line.startswith("-----")}

    def clean(text: str) -> str:
        for word in sorted(kept, key=len, reverse=True):
            text = text.replace(word, "***")
        return text

    wanted = read(f"{run}/wanted.json")
    told = json.loads(wanted or "{}")
    log = clean(read(os.environ["LOG_FILE"])[-10 * LOG :])[-LOG:]
    report = {
        "schema": 1,
        "wanted": hashlib.sha256(wanted.encode()).hexdigest() if wanted else "",
        "state": sys.argv[1],
        "step": sys.argv[2],
        "message": clean(" ".join(sys.argv[3].split()))[:MESSAGE],
        "version": read(f"{state}/installed").strip(),
        "instance": os.environ["INSTANCE"],
        "at": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ca": read(f"{state}/tls/ca.pem") if told.get("tls", {}).get("mode") == "internal" else "",
        "log": log,
    }
    while len(json.dumps(report)) > LIMIT and log:
        log = log[100:]
        report["log"] = log
    print(json.dumps(report), end="")


main()
