"""docs/harbor-runbooks.md, said in its order on the machine: each command that can run here does what it says."""

import re
import subprocess
from pathlib import Path

from tests.e2e.harbor_daytwo.conftest import SCRIPTS, Machine

PAGE = (Path(__file__).parents[3] / "docs" / "harbor-runbooks.md").read_text(encoding="utf-8")
NOT_HERE = {
    "sudo systemctl list-timers": "there is no systemd",
    "sudo /usr/local/lib/snapdeploy-harbor/converge.sh": "tests/e2e/harbor_boot runs it",
    "sudo /usr/local/lib/snapdeploy-harbor/tls.sh": "tests/e2e/harbor_boot runs it",
    "sudo tail -n 50 /data/snapdeploy/letsencrypt": "there is no Let's Encrypt",
}


def test_the_page_can_be_typed(machine: Machine) -> None:
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    asked = [line for line in dict.fromkeys(lines) if line.startswith("sudo ")]
    typed = [line for line in asked if not line.startswith(tuple(NOT_HERE))]
    assert len(typed) > 15
    machine.run("backup.sh")
    [example] = machine.backups()
    machine.run("rehearse.sh")
    (machine.root / "data" / "harbor" / "registry").mkdir()
    before = machine.rows()
    for line in typed:
        here = (
            line.removeprefix("sudo ")
            .replace("/usr/local/lib/snapdeploy-harbor", str(SCRIPTS))
            .replace("/var/log/snapdeploy-harbor.log", str(machine.root / "run" / "log"))
            .replace("20261129T021500Z", example)
        )
        here = re.sub(r"(?<= )/data", str(machine.root / "data"), here)
        done = subprocess.run(
            ["bash", "-c", here], env=machine.environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
    assert machine.database.sql("SELECT salt || password FROM harbor_user WHERE user_id = 1") == ""
    machine.database.sql("UPDATE harbor_user SET salt = 'x', password = 'x' WHERE user_id = 1")
    assert machine.rows() == before
