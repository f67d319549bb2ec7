"""The verb `packages`: what is on GHCR under the delivered namespace, and where to change what no API changes.

Owns: the report. GitHub's API tells neither sizes nor last pulls, and so neither does this.
"""

from dataclasses import asdict, dataclass

from github import names, packages
from github.names import Visibility
from github.token import rfc3339
from ops.github_access import Access


@dataclass(frozen=True)
class Row:
    """One package."""

    name: str
    visibility: str
    repository: str | None
    """The linked repository; None where there is none, and then nobody inherits access from one."""
    versions: int
    updated_at: str
    page: str
    settings: str
    """Where its visibility and access are set."""
    advice: tuple[str, ...]
    """What only a person can do there, in a sentence each."""

    def as_dict(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def report(access: Access) -> list[Row]:
    """Every package in the namespace, by name. Raises GitHubError."""
    found = [one for one in packages.packages(access.client, access.owner) if access.holds(one.name)]
    return [_row(access, one) for one in sorted(found, key=lambda one: one.name)]


def _row(access: Access, one: packages.Package) -> Row:
    owner = access.owner
    advice = []
    if one.visibility is Visibility.PUBLIC:
        advice.append(
            "everybody can pull it, and GitHub makes no public package private again: delete it and push anew"
        )
    if not one.repository:
        advice.append(
            "no repository is linked: push with the label org.opencontainers.image.source, or click 'Add Repository' "
            "under 'Manage Actions access' with the role Write, so that its workflow may push"
        )
    return Row(
        name=one.name,
        visibility=str(one.visibility),
        repository=one.repository or None,
        versions=one.versions,
        updated_at=rfc3339(one.updated_at),
        page=names.package_page(owner.login, owner.kind, one.name),
        settings=packages.settings_page(owner, one.name),
        advice=tuple(advice),
    )
