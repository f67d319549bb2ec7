"""Changes to the project's own stacks, each a preview after an update of the stack as it stands.

Owns: what is changed in the stack's file. The stacks run simulated, in a checkout of their own.
"""

from collections.abc import Callable
from typing import Any

Config = dict[str, Any]

_REGISTRIES = "snapdeploy-registry:registries"
_DELIVERY = "snapdeploy-registry:delivery"


def _registry(config: Config) -> dict[str, Any]:
    found: dict[str, Any] = config[_REGISTRIES]["main"]
    return found


def _nothing(_config: Config) -> None:
    """The stack as it stands."""


def _account_may_pull(config: Config) -> None:
    _registry(config)["access"]["pull"]["partner"] = {"from": "account", "account": "210987654321"}


def _another_environment_may_push(config: Config) -> None:
    _registry(config)["access"]["push"]["ci"]["environments"] = ["prod", "staging"]


def _another_branch_may_clean(config: Config) -> None:
    _registry(config)["access"]["clean"]["janitor"]["branches"] = ["release/*"]


def _reader_removed(config: Config) -> None:
    del _registry(config)["access"]["pull"]


def _shorter(config: Config) -> None:
    _registry(config)["retention"]["others"]["count"] = 50
    _registry(config)["retention"]["untagged"]["days"] = 1


def _longer(config: Config) -> None:
    _registry(config)["retention"]["others"]["count"] = 900


def _namespace(config: Config) -> None:
    _registry(config)["namespace"] = "other-apps"


def _encryption(config: Config) -> None:
    _registry(config)["encryption"] = {"type": "kms"}


def _mutable(config: Config) -> None:
    _registry(config)["immutability"] = {"exclude": ["buildcache", "edge-*"]}


def _enhanced(config: Config) -> None:
    _registry(config)["accountWide"]["scanning"]["type"] = "enhanced"


def _watch_removed(config: Config) -> None:
    del _registry(config)["watch"]


def _builder_switched(config: Config) -> None:
    _registry(config)["access"]["builder"] = "builder"


def _mistaken(config: Config) -> None:
    _registry(config)["kind"] = "erc"
    _registry(config)["retention"]["others"]["count"] = -1


def _second_delivery(config: Config) -> None:
    config[_DELIVERY]["second"] = {**config[_DELIVERY]["parameters"], "path": "/second/builder"}


def _ghcr_namespace(config: Config) -> None:
    _registry(config)["namespace"] = "your-org/images"


def _branches(config: Config) -> None:
    config[_DELIVERY]["workflow"]["environment"]["branches"] = ["main", "*"]


def _any_branch(config: Config) -> None:
    del config[_DELIVERY]["workflow"]["environment"]["branches"]


def _google_repository(config: Config) -> None:
    _registry(config)["access"]["push"]["ci"] |= {"repository": "other-org/builder", "ownerId": 11, "repositoryId": 22}


def _google_key(config: Config) -> None:
    _registry(config)["access"]["push"]["old"] = {"from": "key", "a": "2026-11"}


def _google_moving_tags(config: Config) -> None:
    _registry(config)["immutability"] = {"enabled": False, "tagsMayMove": True}


def _google_unscanned(config: Config) -> None:
    _registry(config)["scanning"] = {"enabled": False}
    del _registry(config)["watch"]["scanResults"]


def _google_cleans(config: Config) -> None:
    _registry(config)["retentionDryRun"] = False
    _registry(config)["retention"]["untagged"]["days"] = 2


def _google_replaceable(config: Config) -> None:
    _registry(config)["encryption"]["confirmReplacement"] = 0


def _google_encryption(config: Config) -> None:
    _registry(config)["encryption"] = {"confirmReplacement": 0}


def _google_unprotected(config: Config) -> None:
    _registry(config)["protect"] = False


CHANGES: dict[str, dict[str, tuple[Callable[[Config], None], tuple[str, ...]]]] = {
    "prod": {
        "prod-nothing": (_nothing, ()),
        "prod-whole": (_nothing, ("--show-sames",)),
        "prod-account-may-pull": (_account_may_pull, ()),
        "prod-environment-may-push": (_another_environment_may_push, ()),
        "prod-branch-may-clean": (_another_branch_may_clean, ()),
        "prod-reader-removed": (_reader_removed, ()),
        "prod-retention-shorter": (_shorter, ()),
        "prod-retention-longer": (_longer, ()),
        "prod-address": (_namespace, ()),
        "prod-encryption": (_encryption, ("--show-sames",)),
        "prod-mutable": (_mutable, ()),
        "prod-enhanced": (_enhanced, ("--show-sames",)),
        "prod-watch-removed": (_watch_removed, ("--show-sames",)),
        "prod-builder-switched": (_builder_switched, ()),
        "prod-mistaken": (_mistaken, ()),
        "prod-second-delivery": (_second_delivery, ()),
    },
    "dev": {
        "dev-address": (_ghcr_namespace, ()),
        "dev-branches": (_branches, ()),
        "dev-any-branch": (_any_branch, ()),
    },
    "gcp": {
        "gcp-whole": (_nothing, ("--show-sames",)),
        "gcp-environment-may-push": (_another_environment_may_push, ()),
        "gcp-branch-may-clean": (_another_branch_may_clean, ("--show-sames",)),
        "gcp-repository-may-push": (_google_repository, ("--show-sames",)),
        "gcp-key-may-push": (_google_key, ()),
        "gcp-reader-removed": (_reader_removed, ()),
        "gcp-mutable": (_google_moving_tags, ()),
        "gcp-unscanned": (_google_unscanned, ("--show-sames",)),
        "gcp-cleans": (_google_cleans, ()),
        "gcp-unprotected": (_google_unprotected, ()),
        "gcp-watch-removed": (_watch_removed, ("--show-sames",)),
        "gcp-encryption": (_google_encryption, ("--show-sames",)),
    },
}
"""By stack and situation: what is changed in its file, and what the preview is given."""

FAILS = frozenset({"prod-mistaken", "gcp-destroy"})

PREPARED: dict[str, Callable[[Config], None]] = {"gcp-encryption": _google_replaceable}
"""What is changed, and updated, before the preview; of each stack its last situations, as it stays so."""
