"""The verb `verify`: proves that what was delivered works, against the registry and through Docker.

Owns: which checks run with which options, and their whole result. Does not own the checks
themselves, nor printing.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from enum import StrEnum

from oci.checks import Check, Proof
from ops.delivered import Login


class DockerStep(StrEnum):
    """The setup guide's steps, in the order in which they run."""

    LOGIN = "docker-login"
    BUILD = "docker-build"
    PUSH = "docker-push"
    PULL = "docker-pull"
    RUN = "docker-run"


@dataclass(frozen=True)
class Skipped:
    """A check that could not be run here, which is neither held nor failed."""

    name: str
    reason: str


@dataclass(frozen=True)
class Report:
    """What was proven; `unreachable` where the registry gave no answer at all."""

    checks: tuple[Check, ...]
    skipped: tuple[Skipped, ...]
    unreachable: bool

    @property
    def ok(self) -> bool:
        """Whether all that ran holds."""
        return bool(self.checks) and all(check.ok for check in self.checks)

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "ok": self.ok,
            "checks": [asdict(check) for check in self.checks],
            "skipped": [asdict(skipped) for skipped in self.skipped],
        }


def verify(
    login: Login,
    *,
    docker: bool | None = None,
    immutable: bool | None = None,
    layer_size: int = 1024,
    on_check: Callable[[Check], None] = lambda _: None,
) -> Report:
    """Runs all checks, handing each to `on_check` as it finishes.

    `docker`: True demands an engine (none is a failed check), False leaves its steps out, None
    takes one where it answers. `immutable` is what is expected of overwriting a tag. `layer_size` in bytes.
    """
    checks: list[Check] = []
    skipped: list[Skipped] = []

    def took(check: Check) -> None:
        checks.append(check)
        on_check(check)

    proof = Proof(
        login.registry, login.credential, authority=login.authority, immutable=immutable, layer_size=layer_size
    )
    with closing(proof.run()) as running:
        for check in running:
            took(check)
    _docker_steps(login, docker, proof.unreachable, took, skipped)
    return Report(tuple(checks), tuple(skipped), proof.unreachable)


def _docker_steps(
    login: Login, wanted: bool | None, unreachable: bool, took: Callable[[Check], None], skipped: list[Skipped]
) -> None:
    reason = ""
    if wanted is False:
        reason = "left out by --no-docker"
    elif unreachable:
        reason = "the registry does not answer"
    else:
        # Only here: the Docker SDK takes longer to import than all other checks to run.
        from ops.docker_steps import Steps
        from ops.engine import NoEngineError, find_engine

        try:
            engine = find_engine(login.registry.host)
        except NoEngineError as error:
            reason = str(error)
        else:
            with closing(Steps(engine, login).run()) as running:
                for check in running:
                    took(check)
            return
    if wanted and not unreachable:
        for name in DockerStep:
            took(Check(name, False, reason, 0.0))
    else:
        skipped.extend(Skipped(name, reason) for name in DockerStep)
