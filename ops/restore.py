"""The verb `restore`: brings versions back that were deleted from GHCR within 30 days.

Owns: which package is meant, and stopping at the first that cannot be brought back. Does not own the call
(`github/packages.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from contract.problem import Problem, Problems
from github import packages
from github.errors import GitHubError
from ops.github_access import Access


@dataclass(frozen=True)
class Restored:
    """What came back."""

    package: str
    versions: tuple[int, ...]
    failure: str = ""
    """Why the rest did not."""

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return {
            "ok": not self.failure,
            "package": self.package,
            "restored": list(self.versions),
            "failure": self.failure or None,
        }


def restore(access: Access, package: str, versions: Sequence[int]) -> Restored:
    """Restores `versions` (numbers, as `prune` shows them) of `package`. Raises Problems for another's package."""
    if not access.holds(package):
        mend = f"write its name below the owner, which begins with {access.prefix}/"
        raise Problems("Nothing was restored", [Problem("PACKAGE", f"{package} is not in the namespace", mend)])
    done: list[int] = []
    for version in versions:
        try:
            packages.restore_version(access.client, access.owner, package, version)
        except GitHubError as failure:
            return Restored(package, tuple(done), str(failure))
        done.append(version)
    return Restored(package, tuple(done))
