"""The user data: what a server reads before anything else, as cloud-init and a shell read it."""

import base64
import gzip
import hashlib
import json
import lzma
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from components._settings import MistakeError
from components.harbor.boot import render
from components.harbor.boot.place import BootPlace

PLACE = BootPlace(
    cloud="ec2",
    region="us-east-1",
    scope="123456789012",
    wanted="/snapdeploy/prod-a-name-of-thirty-two-charact/wanted",
    report="/snapdeploy/prod-a-name-of-thirty-two-charact/report",
    secret="snapdeploy/prod-a-name-of-thirty-two-charact/harbor",
    device="ebs:data",
    maintenance="Sun 03:00",
)
GOOGLE = replace(PLACE, cloud="compute-engine", region="europe-west1", scope="acme", device="/dev/disk/by-id/x")
LIB = "/usr/local/lib/snapdeploy-harbor"
ROOM = 15_500
"""Bytes: so much of EC2's limit may be used, so that a mended line still fits."""


def config(place: BootPlace) -> Any:
    """The cloud-config as cloud-init has it after unpacking."""
    text = gzip.decompress(render.user_data(place)).decode()
    assert text.startswith("#cloud-config\n")
    return yaml.safe_load(text)


def written(place: BootPlace) -> dict[str, str]:
    """The files that cloud-init writes, by path."""
    return {file["path"]: file["content"] for file in config(place)["write_files"]}


def unpacked(archive: str) -> Mapping[str, tuple[int, str]]:
    """The files of an archive."""
    found = json.loads(lzma.decompress(base64.b64decode(archive)))
    return {path: (mode, text) for path, (mode, text) in found.items()}


def test_they_fit() -> None:
    assert len(render.user_data(PLACE)) <= ROOM
    assert max(map(len, render.parameters(PLACE).values())) <= 4096


def test_the_same_place_has_the_same_bytes_and_another_one_others() -> None:
    assert render.user_data(PLACE) == render.user_data(replace(PLACE))
    assert render.user_data(PLACE) != render.user_data(replace(PLACE, maintenance="Mon 03:00"))


def test_user_data_that_would_be_refused_are_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "LIMIT", 1000)
    with pytest.raises(render.TooBig, match="EC2 takes 1000"):
        render.user_data(PLACE)
    render.user_data(GOOGLE)


def test_every_script_arrives_once() -> None:
    rest = "".join(render.parameters(PLACE).values())
    first, more = unpacked(written(PLACE)[f"{LIB}/files.lzma"]), unpacked(rest)
    assert not set(first) & set(more)
    assert {**first, **more} == render.shipped()
    assert unpacked(written(GOOGLE)[f"{LIB}/files.lzma"]).keys() == render.shipped().keys()
    assert render.parameters(GOOGLE) == {}
    variables = _environment(PLACE)
    assert variables["MORE_PARTS"] == str(len(render.parameters(PLACE)))
    assert variables["MORE_SHA256"] == hashlib.sha256(rest.encode()).hexdigest()
    assert _environment(GOOGLE)["MORE_PARTS"] == "0"


def test_one_command_runs_and_a_failing_part_of_it_stops_the_rest() -> None:
    ((shell, options, command),) = config(PLACE)["runcmd"]
    assert (shell, options) == ("sh", "-ec")
    assert command.endswith("python3 unpack.py files.lzma && exec ./first-boot.sh")
    assert unpacked(written(PLACE)[f"{LIB}/files.lzma"])[f"{LIB}/first-boot.sh"][0] == 0o755


def test_a_shell_reads_the_place_as_it_is() -> None:
    odd = replace(PLACE, wanted="/a'b $HOME `id`", report='"')
    variables = _environment(odd)
    assert (variables["WANTED"], variables["REPORT"]) == (odd.wanted, odd.report)
    assert variables["MAINTENANCE"] == "Sun 03:00"
    window = written(PLACE)["/etc/systemd/system/snapdeploy-harbor-maintenance.timer.d/when.conf"]
    assert window == "[Timer]\nOnCalendar=Sun 03:00 UTC\n"


def _environment(place: BootPlace) -> dict[str, str]:
    script = f"set -a\n{written(place)['/etc/snapdeploy-harbor/place.env']}\nenv -0"
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


@pytest.mark.parametrize(("region", "suffix"), [("eu-west-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")])
def test_the_endpoints_are_the_regions(region: str, suffix: str) -> None:
    found = replace(PLACE, region=region).variables()
    assert {found[name] for name in ("SSM_URL", "SECRETS_URL", "MONITORING_URL")} == {
        f"https://{service}.{region}.{suffix}" for service in ("ssm", "secretsmanager", "monitoring")
    }
    assert replace(PLACE, ssm_url="http://127.0.0.1:1").variables()["SSM_URL"] == "http://127.0.0.1:1"
    assert GOOGLE.variables()["SECRETS_URL"] == "https://secretmanager.googleapis.com"
    with pytest.raises(MistakeError):
        replace(PLACE, region="nowhere").variables()


def test_what_is_left_out_is_only_what_readers_need() -> None:
    for path, (_, text) in render.shipped().items():
        if path.endswith(".py"):
            compile(text, path, "exec")
        assert not any(line.lstrip().startswith("# ") for line in text.splitlines()[1:])
        assert (not path.endswith(".sh")) or text.startswith(("#!/usr/bin/env bash\n", "# shellcheck shell=bash\n"))
