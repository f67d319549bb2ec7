"""What can be told of the access only once project and stack are known, before anything is declared.

Owns: the questions whose wrong answer Google would give half way through an update: do the ids of the service accounts
fit, does every cluster have a pool. Does not own: what can be told from the config alone (`settings_access.py`). It
asks nobody. Workload identity pools need no look: their ids are always new (`fresh.py`).
"""

from collections.abc import Iterator

from components._access import principals
from components._base import Obstacle
from components._settings import MistakeError
from components.artifact_registry.settings_access import (
    PREFIX,
    AccessSettings,
    AccountPrincipal,
    GkePrincipal,
)
from components.gcp.place import Place


def obstacles(prefix: str, settings: AccessSettings, place: Place) -> Iterator[Obstacle]:
    """All that stands in the way of `settings`; `prefix` begins the ids of service accounts where they say nothing."""
    chosen = principals(settings)
    needed = any(not isinstance(principal, AccountPrincipal) for principal in chosen.values())
    if needed and settings.account_prefix is None and PREFIX.fullmatch(prefix) is None:
        yield Obstacle(
            ("access", "accountPrefix"),
            f"is left out, and `{prefix}`, made of the stack's and the registry's name, cannot begin the id of a"
            " service account: up to 24 of a-z, 0-9 and '-' can",
            "write one of your own, for example `accountPrefix: snapdeploy-prod`",
            "Google would refuse the service accounts",
        )
    for (right, who), principal in chosen.items():
        if isinstance(principal, GkePrincipal):
            try:
                principal.pool(place.project)
            except MistakeError as mistake:
                yield Obstacle(("access", str(right), who), mistake.what, mistake.mend, mistake.consequence)
