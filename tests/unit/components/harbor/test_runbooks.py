"""docs/harbor-runbooks.md: what it tells people to type is there, with the options that it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "harbor-runbooks.md").read_text(encoding="utf-8")
LIB = ROOT / "components" / "harbor" / "boot" / "files" / "lib"
UNITS = ROOT / "components" / "harbor" / "boot" / "files" / "units"
COMMANDS = sorted(set(re.findall(r"/usr/local/lib/snapdeploy-harbor/([a-z-]+\.sh[^\n`]*)", PAGE)))
RUNBOOKS = (
    "Back up",
    "Rehearse",
    "Restore",
    "Upgrade",
    "Certificate",
    "Disk full",
    "Garbage collection",
    "Lost admin password",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_is_there_with_its_options(command: str) -> None:
    script, *words = command.split()
    assert (LIB / script).is_file()
    text = (LIB / script).read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert [word for word in words if word.startswith("-") and word not in text] == []


def test_every_script_that_a_person_runs_is_on_the_page() -> None:
    mine = {"backup.sh", "restore.sh", "rehearse.sh", "upgrade.sh", "probe.sh", "gc-proof.sh"}
    assert mine <= {command.split()[0] for command in COMMANDS}


def test_every_runbook_is_there() -> None:
    assert set(RUNBOOKS) <= set(re.findall(r"^## (.+)$", PAGE, re.MULTILINE))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"/data/snapdeploy/([a-z]+\.json)", PAGE))))
def test_what_the_page_reads_is_written(name: str) -> None:
    assert any(f"write_state {name}" in script.read_text(encoding="utf-8") for script in LIB.glob("*.sh"))


@pytest.mark.parametrize("unit", sorted(UNITS.glob("snapdeploy-harbor-*.timer")), ids=lambda unit: unit.stem)
def test_a_timer_starts_a_service_that_starts_a_script(unit: Path) -> None:
    service = unit.with_suffix(".service").read_text(encoding="utf-8")
    found = re.search(r"^ExecStart=/usr/local/lib/snapdeploy-harbor/([a-z-]+\.sh)", service, re.MULTILINE)
    assert found
    assert (LIB / found[1]).is_file()
