"""The first boot for real: our user data, Debian's cloud-init, an emulated machine with a data disk.

One story of three boots: an empty disk and a wrong checksum, mended while it runs, until the power goes; the same
server again, with a bigger disk; another server with that disk. Docker, Harbor's installer and cosign are stand-ins.
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from components.harbor.boot.place import BootPlace
from components.harbor.boot.render import parameters, user_data
from tests.e2e.harbor_boot import release
from tests.e2e.harbor_boot.clouds import IMDS, KEY, NAMES, REGION, Cloud
from tests.support.guest import GATE, booted, empty_disk, guest_image, server_disk
from tests.support.http_double import serving

_SITE = f"http://{GATE}"
_PACKAGES = (
    "certbot", "docker.io", "docker-compose", "postgresql-client", "python3-certbot-dns-google",
    "python3-certbot-dns-route53", "rclone", "unattended-upgrades",
)  # fmt: skip
# Minutes where one is enough: a machine that does other things too emulates slowly.
_BOOTING = 900.0
_CONVERGING = 300.0
_DISK = 256 << 20
_LONGER = _DISK + (64 << 20)


@dataclass
class Story:
    """What was seen."""

    cloud: Cloud
    failed: dict[str, Any] = field(default_factory=dict)
    unpacked_after_failure: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    healthy: list[dict[str, Any]] = field(default_factory=list)
    user_data: bytes = b""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """The three boots."""
    folder = tmp_path_factory.mktemp("boot")
    image = guest_image(Path(__file__).with_name("guest"), _PACKAGES)
    place = BootPlace(
        cloud="ec2",
        region=REGION,
        scope="123456789012",
        device="/dev/vdb",
        maintenance="Sun 03:00",
        metadata_url=_SITE,
        ssm_url=f"{_SITE}/ssm",
        secrets_url=f"{_SITE}/secrets",
        monitoring_url=f"{_SITE}/monitoring",
        **NAMES,
    )
    right = release.wanted(_SITE)
    cloud = Cloud({**right, "installer": {**right["installer"], "sha256": "0" * 64}}, release.SECRET)
    cloud.files, cloud.parameters = release.files(), parameters(place)
    told = Story(cloud, user_data=user_data(place))
    data, disk = empty_disk(folder / "data.img", _DISK), server_disk(image, folder / "first.img")
    with serving(cloud.respond) as server:

        def boot(name: str, root: Path) -> Any:
            seed = {"user-data": told.user_data, "meta-data": f"instance-id: {cloud.instance}\n".encode()}
            return booted(image, folder / name, disk=root, data=data, seed=seed, server=server)

        with boot("1", disk):
            told.failed = cloud.reported("failed", _BOOTING)
            told.unpacked_after_failure = cloud.run("findmnt -nro LABEL /data; find /data/installer -mindepth 1")
            cloud.wanted = right
            told.healthy.append(cloud.reported("healthy", _CONVERGING))
            told.facts = {
                "mode": cloud.run("stat -c %a /data/installer/2.15.2/harbor/harbor.yml"),
                "yml": cloud.run("cat /data/installer/2.15.2/harbor/harbor.yml"),
                "logs": cloud.run("cat /var/log/cloud-init*.log /var/log/snapdeploy-harbor.log; journalctl -b"),
                "processes": cloud.run("cat /var/log/processes"),
                "timers": cloud.run(
                    "systemctl list-timers --all --no-legend; systemctl cat snapdeploy-harbor-m*.timer"
                ),
                "updates": cloud.run("systemctl is-enabled apt-daily-upgrade.timer || true"),
                "ours": cloud.run("touch /data/harbor/registry-of-images; sync; blkid -s UUID -o value /dev/vdb"),
            }
        empty_disk(data, _LONGER)
        cloud.reports.clear()
        with boot("2", disk):
            told.healthy.append(cloud.reported("healthy", _BOOTING))
            told.facts["size"] = cloud.run("df -B1 --output=size /data | tail -n1")
            told.facts["calls"] = cloud.run("cat /var/log/docker-calls")
            cloud.run("systemctl stop harbor && sync")
        cloud.instance = "i-0second"
        with boot("3", server_disk(image, folder / "second.img")):
            told.healthy.append(cloud.reported("healthy", _BOOTING))
            told.facts["kept"] = cloud.run("ls /data/harbor; blkid -s UUID -o value /dev/vdb")
            told.facts["installs"] = cloud.run("cat /data/harbor/installs")
            told.facts["new calls"] = cloud.run("cat /var/log/docker-calls")
        yield told


def test_a_wrong_checksum_stops_before_anything_is_unpacked(story: Story) -> None:
    assert story.failed["step"] == "installer"
    assert "0" * 64 in story.failed["message"]
    assert release.sha256(release.installer()) in story.failed["message"]
    assert "nothing was unpacked" in story.failed["message"]
    assert "harbor-data" in story.failed["log"]
    # The disk was there by then, and nothing is on it but the folder.
    assert story.unpacked_after_failure == "harbor-data"


def test_the_running_server_becomes_what_is_wanted(story: Story) -> None:
    report = story.healthy[0]
    assert report["version"] == release.VERSION
    assert report["ca"].startswith("-----BEGIN CERTIFICATE-----")
    assert story.cloud.refused == []
    assert "snapdeploy-harbor-backup.timer" in story.facts["timers"]  # came by the parameters


def test_harbor_is_installed_on_the_data_disk_and_once(story: Story) -> None:
    assert story.facts["installs"] == "installed on /data"
    assert story.facts["calls"].count("compose up -d") == 1
    assert story.facts["calls"].count("load ") == 1
    assert story.cloud.downloads.count("/harbor.tgz") == 2  # the wrong and the right checksum


def test_what_holds_secrets_is_for_root_only(story: Story) -> None:
    assert story.facts["mode"] == "600"
    assert "canary" in story.facts["yml"]


@pytest.mark.parametrize("canary", ["anary-admin", "canary: database", KEY["SecretAccessKey"], KEY["Token"], IMDS])
def test_no_secret_is_where_others_look(story: Story, canary: str) -> None:
    assert canary.encode() not in gzip.decompress(story.user_data)
    assert canary not in story.facts["logs"]
    assert canary not in story.facts["processes"]
    assert all(canary not in str(report) for report in story.cloud.reports)
    assert "aws-sigv4" in story.facts["processes"]  # the list was looked at while it mattered


def test_a_replaced_server_keeps_the_data(story: Story) -> None:
    uuid = story.facts["ours"]
    assert uuid
    assert story.facts["kept"].splitlines()[-1] == uuid
    assert "registry-of-images" in story.facts["kept"]
    assert story.healthy[2]["instance"] == "i-0second"
    # It has no images, and loads them from the disk instead of installing.
    assert "load -q -i" in story.facts["new calls"]
    assert story.healthy[2]["ca"] == story.healthy[0]["ca"]


def test_a_bigger_volume_is_used(story: Story) -> None:
    assert int(story.facts["size"]) > _DISK


def test_updates_wait_for_their_window(story: Story) -> None:
    assert "OnCalendar=Sun 03:00 UTC" in story.facts["timers"]
    assert story.facts["updates"] == "masked"
