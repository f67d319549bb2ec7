"""The namespace's repositories as they should be: there, and private or public as declared.

Owns: one resource that settles all names, so that their number costs the state nothing; telling
what is not as it was left; and never deleting unless the config says so, and then only what it
has made itself. Does not own the calls (`api.py`).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, Resource, UpdateResult

from components._provided import Failed, Properties, Provider, known

if TYPE_CHECKING:
    from components.docker_hub.api import Hub

_MOST_NAMED = 5
_FOUND = "found"


class RepositoriesProvider(Provider):
    """Makes, changes and compares repositories through the Hub's API."""

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Looks at what is there; `public` becomes an input, so that a new stray shows in the preview."""
        if not all(known(news[name]) for name in ("namespace", "username", "token", "repositories")):
            return super().check(_olds, news)
        from oci.errors import RegistryError

        try:
            with _hub(news) as hub:
                hub.log_in()
                found = hub.visibilities()
        except (RegistryError, ValueError) as failure:
            # Not under the token's own name: the engine prints the value of the property that a failure names.
            reason = f"what is there cannot be compared with what is declared: {failure}"
            return CheckResult(news, [CheckFailure("namespace", reason)])
        public = strays(found, news["repositories"]) if news["private"] else []
        return super().check({**_olds, _FOUND: found}, {**news, "public": public})

    def drift(self, olds: Properties, news: Properties) -> str | None:
        same = olds.get("namespace") == news["namespace"]
        return difference(olds[_FOUND], olds["repositories"]) if same and _FOUND in olds else None

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(str(props["namespace"]), _settle(props, made=()))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        if _olds["namespace"] != _news["namespace"]:
            settled = _settle(_news, made=())
            _delete(_olds, _olds["created"])
        else:
            settled = _settle(_news, made=_olds["created"])
            _delete(_news, set(_olds["created"]) - _news["repositories"].keys())
        return UpdateResult(settled)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        _delete(_props, _props["created"])


class Repositories(Resource, module="snapdeploy", name="DockerHubRepositories"):
    """The declared repositories of one namespace."""

    created: pulumi.Output[list[str]]
    """Those that did not exist before."""
    public: pulumi.Output[list[str]]
    """What else in the namespace everybody can see; empty where that is meant."""

    def __init__(self, name: str, props: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__(RepositoriesProvider(), name, {**props, "created": None, "public": None, "since": None}, opts)


def difference(found: Mapping[str, bool], wanted: Mapping[str, bool]) -> str | None:
    """What is not as it was left, in words; None where all is. True is private."""
    gone = sorted(wanted.keys() - found.keys())
    exposed = sorted(name for name, private in wanted.items() if private and found.get(name) is False)
    hidden = sorted(name for name, private in wanted.items() if not private and found.get(name) is True)
    told = ((gone, "gone"), (exposed, "made public by somebody"), (hidden, "made private by somebody"))
    return "; ".join(f"{_named(names)} {what}" for names, what in told if names) or None


def strays(found: Mapping[str, bool], wanted: Mapping[str, bool]) -> list[str]:
    """The public repositories that nobody declared, as a first push under a new name makes them."""
    return sorted(name for name, hidden in found.items() if not hidden and name not in wanted)


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMED])
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"{shown}{more} {'was' if len(names) == 1 else 'were'}"


def _settle(props: Properties, made: Iterable[str]) -> dict[str, Any]:
    """Makes the repositories what `props` say; answers the outputs. `made`: what was created here before."""
    from oci.errors import RegistryError

    wanted: Mapping[str, bool] = props["repositories"]
    created: list[str] = []
    try:
        with _hub(props) as hub:
            hub.log_in()
            found = hub.visibilities()
            for name, private in sorted(wanted.items()):
                if name not in found:
                    hub.create(name, private=private)
                    created.append(name)
                elif found[name] != private:
                    hub.set_private(name, private=private)
            # Asked again: that an answer was friendly is no proof that a stranger sees nothing.
            found = hub.visibilities() if created or any(found[name] != wanted[name] for name in wanted) else found
    except (RegistryError, ValueError) as failure:
        done = f" ({', '.join(created)} had been made by then)" if created else ""
        raise Failed(
            f"the repositories of docker.io/{props['namespace']} are not as declared{done}: {failure}\n"
            "run it again: what is done already is left as it is"
        ) from None
    wrong = sorted(name for name, private in wanted.items() if found.get(name) is not private)
    if wrong:
        raise Failed(
            f"Docker Hub accepted the changes, yet these repositories are not as declared: {', '.join(wrong)}\n"
            "so nothing was delivered\nmend: set their visibility on the Hub's page, then run it again"
        )
    kept = [name for name in made if name in wanted]
    return {**props, "created": sorted({*kept, *created})}


def _delete(props: Properties, names: Iterable[str]) -> None:
    from oci.errors import RegistryError

    doomed = sorted(names)
    if not props["delete"] or not doomed:
        return
    try:
        with _hub(props) as hub:
            hub.log_in()
            for name in doomed:
                hub.delete(name)
    except (RegistryError, ValueError) as failure:
        raise Failed(f"not all repositories of docker.io/{props['namespace']} were deleted: {failure}") from None


def _hub(props: Properties) -> "Hub":
    from components.docker_hub.api import Hub

    return Hub(props["namespace"], props["username"], props["token"])
