"""The data disk, on images: what is empty is formatted, what is ours is kept, anything else stops it."""

import subprocess
from pathlib import Path

import pytest

from tests.e2e.harbor_boot import release
from tests.e2e.harbor_boot.conftest import Make

EBS = "Amazon\\x20Elastic\\x20Block\\x20Store"


def image(folder: Path, *make: str, size: int = 64 << 20) -> Path:
    """An image file; `make`: the command that writes on it, which gets its path."""
    file = folder / "disk.img"
    with file.open("wb") as disk:
        disk.truncate(size)
    if make:
        subprocess.run([*make, str(file)], check=True, capture_output=True)
    return file


def test_an_empty_disk_becomes_ours_and_stays_so(made: Make, tmp_path: Path) -> None:
    here, disk = made(real=("blkid",)), image(tmp_path)
    said = []
    for _ in range(2):
        done = here.shell(f"make_ready {disk}; what_is {disk}; blkid -p -s UUID -o value {disk}")
        assert (done.returncode, done.stdout.splitlines()[0]) == (0, "ours"), done.stderr
        said.append(done.stdout)
    assert said[0] == said[1], "the file system is another"
    uuids = (tmp_path / "m" / "log").read_text().count("is empty, so it becomes the data disk")
    assert uuids == 1


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (("mkfs.ext4", "-q", "-L", "other"), "TYPE=ext4"),
        (("mkfs.ext4", "-q"), "TYPE=ext4"),
        (("mkswap", "-L", "harbor-data"), "TYPE=swap"),
        (("sh", "-c", 'printf x | dd of="$0" bs=1 seek=70000 conv=notrunc'), "no file system"),
    ],
)
def test_what_is_not_ours_stops_it_and_stays_as_it_is(
    made: Make, tmp_path: Path, make: tuple[str, ...], said: str
) -> None:
    here, disk = made(real=("blkid",)), image(tmp_path, *make)
    before = release.sha256(disk.read_bytes())
    done = here.shell(f"make_ready {disk}; echo went on")
    assert (done.returncode, done.stdout) == (1, "")
    report = here.cloud.reports[-1]
    assert (report["state"], report["step"]) == ("failed", "disk")
    assert said in report["message"]
    assert "nothing was written to it" in report["message"]
    assert release.sha256(disk.read_bytes()) == before


ROOT = "259:0 \n259:1 /dev/nvme0n1\n"


@pytest.mark.parametrize(
    ("disks", "found"),
    [
        (
            f"/dev/nvme0n1 {EBS}\n/dev/nvme1n1 {EBS}\n/dev/nvme2n1 Amazon\\x20EC2\\x20NVMe\\x20Instance\\x20Storage\n",
            "/dev/nvme1n1",
        ),
        (f"/dev/nvme0n1 {EBS}\n", ""),
        (f"/dev/nvme0n1 {EBS}\n/dev/nvme1n1 {EBS}\n/dev/nvme2n1 {EBS}\n", None),
    ],
)
def test_the_data_disk_is_the_one_ebs_volume_that_the_system_is_not_on(
    made: Make, disks: str, found: str | None
) -> None:
    here = made()
    here.state("lsblk-nrpo", ROOT)
    here.state("lsblk-dnrpo", disks)
    done = here.shell("find_disk")
    if found is None:
        assert "several EBS volumes" in here.cloud.reports[-1]["message"]
        assert "/dev/nvme1n1 /dev/nvme2n1" in here.cloud.reports[-1]["message"]
    else:
        assert (done.returncode, done.stdout) == (0, found), done.stderr


def test_a_disk_that_is_not_attached_is_said(made: Make) -> None:
    here = made()
    here.state("lsblk-nrpo", ROOT)
    here.state("lsblk-dnrpo", "")
    assert here.shell("await_disk").returncode == 1
    assert "not attached" in here.cloud.reports[-1]["message"]
