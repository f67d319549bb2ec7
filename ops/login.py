"""The verb `login`: hands the credential that was delivered, or just fetched, to Docker's own command.

Owns: calling `docker login` with the password on its standard input. Does not own where Docker
keeps it (DOCKER_CONFIG, credential helpers): that stays Docker's.
"""

import subprocess
from dataclasses import dataclass

from contract.docker_config import is_docker_hub
from contract.problem import Problem, Problems
from ops.delivered import Login

_TIMEOUT = 60.0
_MISSING = "command not found"


@dataclass(frozen=True)
class LoggedIn:
    """What `docker login` did; `output` is what it printed, already without the password."""

    host: str
    username: str
    ok: bool
    output: str

    def as_dict(self) -> dict[str, str | bool]:
        """For `--json`."""
        return {"ok": self.ok, "host": self.host, "username": self.username, "output": self.output}


def login(login: Login, *, docker: str = "docker") -> LoggedIn:
    """Runs `docker login`; raises Problems where there is no such command or it does not end in a minute."""
    host = login.registry.host
    # Docker keeps the Hub's credential under its first API's address, and only without a host.
    server = [] if is_docker_hub(host) else [host]
    command = [docker, "login", "--username", login.credential.username, "--password-stdin", *server]
    try:
        done = subprocess.run(
            command,
            input=login.credential.password.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError:
        raise _problem(docker, _MISSING, "install Docker's command (Debian: `apt-get install docker.io`)") from None
    except PermissionError:
        raise _problem(docker, "may not be run by this user", "see its permissions") from None
    except subprocess.TimeoutExpired:
        # The exception would carry what was typed.
        raise _problem(
            f"{docker} login {host}", f"did not end in {_TIMEOUT:.0f} s", "see whether the host answers"
        ) from None
    output = login.credential.redact(done.stdout.decode(errors="replace")).strip()
    return LoggedIn(host, login.credential.username, done.returncode == 0, output)


def _problem(where: str, what: str, mend: str) -> Problems:
    return Problems("Docker could not be logged in", [Problem(where, what, mend)])
