"""The robot that the builder pushes with: two slots, one of them in use.

Owns: when a successor is made, making it without ever doubling or losing one, and the former one's end. Does not own
the calls (`api.py`), nor handing the secret on.

The slot that is not in use is free to be deleted and made again; the one in use is never touched. So whatever fails on
the way, what was delivered last still works. `Robots` makes the successor; `RobotInUse` is replaced when it has, and
the engine deletes what was replaced after everything else has succeeded: the successor is delivered and proven then.
Only that ends the former robot, a day later, since a build may still run with it.

Not by the bridge: it forgets a robot whenever reading it fails, for whatever reason, and makes it anew:
https://github.com/goharbor/terraform-provider-harbor/blob/v3.10.21/provider/resource_robot_account.go
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, Resource, UpdateResult

from components._provided import PRESENT_SINCE, Failed, Properties, Provider, known
from components.harbor.inside.robot_account import Account, mark

if TYPE_CHECKING:
    from components.harbor.inside.api import HarborApi, Robot

_OTHER = {"a": "b", "b": "a"}
_ABOUT = {
    "url": "Harbor is another",
    "project": "the project is another",
    "caches": "what it may pull was changed",
    "days": "its days were changed",
    "rotation": "its rotation was changed",
}
_CONFLICT = 409


class RobotsProvider(Provider):
    """Makes a robot in the free slot whenever one is due."""

    def drift(self, olds: Properties, news: Properties) -> str | None:
        if "slot" not in olds:
            return None
        changed = next((why for key, why in _ABOUT.items() if _differ(olds.get(key), news.get(key))), None)
        if changed is not None:
            return changed
        made = datetime.fromisoformat(olds["made"])
        if datetime.now(UTC) > made + timedelta(days=int(olds["days"])) * 2 / 3:
            return "less than a third of its days is left"
        return _missing(olds, news)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Chooses the slot: the other one where a successor is due."""
        result = super().check(_olds, news)
        slot, made = _olds.get("slot", "a"), _olds.get("made")
        if made is None or result.inputs[PRESENT_SINCE] != _olds.get(PRESENT_SINCE):
            slot = _OTHER[slot] if made is not None else slot
            made = datetime.now(UTC).isoformat(timespec="seconds")
        return CheckResult({**result.inputs, "slot": slot, "made": made}, result.failures)

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult("robots", _make(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        if _olds[PRESENT_SINCE] != _news[PRESENT_SINCE]:
            return UpdateResult(_make(_news))
        return UpdateResult({**_olds, **_news, **{key: _olds[key] for key in _OUTPUTS}})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        from oci.errors import RegistryError

        try:
            with _api(_props) as api:
                for slot in _OTHER:
                    account = _account(_props, slot)
                    found = api.robot(account.whole_name, account.project_id)
                    if found is not None and found.description == mark(_props["owner"]):
                        api.delete_robot(found.id, found.name)
        except (RegistryError, ValueError) as failure:
            raise Failed(f"the builder's robots were not deleted: {failure}") from None


_OUTPUTS = ("username", "password", "expires_at", "robot_id")


class Robots(Resource, module="snapdeploy", name="HarborRobots"):
    """The builder's robot."""

    username: pulumi.Output[str]
    """Its whole name: `robot$<project>+builder-a`."""
    password: pulumi.Output[str]
    """Its secret, always secret."""
    expires_at: pulumi.Output[str]
    """When it ends, RFC 3339."""
    slot: pulumi.Output[str]
    """Which of the two it is: a or b."""
    robot_id: pulumi.Output[int]
    """Its number in Harbor."""
    since: pulumi.Output[str]
    """Which making it is, and why it was made."""

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        """`props`: `url`, `admin_password`, `ca`, `project`, `project_id`, `caches`, `days`, `rotation`, `owner`."""
        own = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=["password"]))
        told = {**props, **dict.fromkeys((*_OUTPUTS, "slot", "made", PRESENT_SINCE))}
        super().__init__(RobotsProvider(), name, told, own)


class RobotInUseProvider(Provider):
    """Is told which robot was delivered; ends it a day after another one was."""

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        another = _olds.get("making") != _news.get("making")
        return DiffResult(changes=_olds != _news, replaces=["making"] if another else [])

    def create(self, props: dict[str, Any]) -> CreateResult:
        return CreateResult(f"robot-{int(props['robot_id'])}", props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return UpdateResult(_news)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        from oci.errors import RegistryError

        try:
            with _api(_props) as api:
                former = api.robot_by_id(int(_props["robot_id"]))
                if former is not None and former.description == mark(_props["owner"]):
                    _end_soon(api, former)
        except (RegistryError, ValueError) as failure:
            raise Failed(
                f"the builder's former robot was not ended: {failure}\n"
                "so its secret goes on working until its own end\n"
                "mend: run it again, or delete the robot on the project's page in Harbor"
            ) from None


class RobotInUse(Resource, module="snapdeploy", name="HarborRobotInUse"):
    """Which robot was delivered last."""

    def __init__(self, name: str, props: Mapping[str, Any], opts: pulumi.ResourceOptions) -> None:
        """`props`: `url`, `admin_password`, `ca`, `owner`, `robot_id`, and which `making` of the robot it is."""
        super().__init__(RobotInUseProvider(), name, {**props, PRESENT_SINCE: None}, opts)


def _missing(olds: Properties, news: Properties) -> str | None:
    """Why the robot in use cannot be used; None where it can, and where Harbor cannot tell: that is no reason."""
    if not all(known(news[key]) for key in ("url", "admin_password", "ca", "project_id")):
        return None
    from oci.errors import RegistryError

    account = _account(news, olds["slot"])
    try:
        with _api(news, patient=False) as api:
            found = api.robot(account.whole_name, account.project_id)
    except (RegistryError, ValueError):
        return None
    if found is None:
        return "it was gone"
    return "somebody had switched it off" if found.disabled else None


def _make(props: Properties) -> dict[str, Any]:
    """Makes the robot of `props`' slot; answers the outputs."""
    from oci.errors import RegistryError

    account = _account(props, props["slot"])
    try:
        with _api(props) as api:
            username, password, expires_at, number = _made(api, account, str(props["owner"]))
    except (RegistryError, ValueError) as failure:
        raise Failed(
            f"the robot {account.whole_name} was not made: {failure}\n"
            "so nothing was delivered, and a robot that was before goes on working\n"
            "run it again: what was made half is made anew, never a second time"
        ) from None
    end = datetime.fromtimestamp(expires_at, UTC)
    return {
        **props,
        "username": username,
        "password": password,
        "expires_at": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "robot_id": number,
    }


def _made(api: "HarborApi", account: Account, owner: str) -> tuple[str, str, int, int]:
    """The whole name, secret, end and number of a robot that did not exist before."""
    from oci.errors import RefusedError, UnavailableError, UnreachableError

    left = api.robot(account.whole_name, account.project_id)
    if left is not None:
        if left.description != mark(owner):
            raise Failed(
                f"there is a robot {left.name} that this stack did not make\n"
                "so none was made or changed\nmend: delete it on the project's page in Harbor, if nobody needs it"
            )
        api.delete_robot(left.id, left.name)
    secret = None
    try:
        _, secret, _ = api.create_robot(account.body(mark(owner)))
    except (UnreachableError, UnavailableError, RefusedError) as failure:
        if isinstance(failure, RefusedError) and failure.status != _CONFLICT:
            raise
        # The answer is lost, or somebody was faster: whether it was made shows only in asking.
        found = api.robot(account.whole_name, account.project_id)
        if found is None or found.description != mark(owner):
            raise
    else:
        found = api.robot(account.whole_name, account.project_id)
    if found is None or found.expires_at <= 0:
        raise Failed(
            f"Harbor made the robot {account.whole_name}, and does not list it with an end\n"
            "so nothing was delivered\nrun it again: it is made anew"
        )
    return found.name, secret or api.refresh_secret(found.id, found.name), found.expires_at, found.id


def _end_soon(api: "HarborApi", former: "Robot") -> None:
    """Lets `former` end within a day. Harbor counts a robot's days from when it was made, and knows no hours."""
    now = datetime.now(UTC)
    days = (now - former.created).days + 1
    if former.expires_at < 0 or datetime.fromtimestamp(former.expires_at, UTC) > former.created + timedelta(days=days):
        api.update_robot(former, {"duration": days})


def _account(props: Properties, slot: str) -> Account:
    return Account(
        project=str(props["project"]),
        number=int(props["project_id"]),
        caches=tuple(props["caches"]),
        days=int(props["days"]),
        slot=slot,
    )


def _api(props: Properties, *, patient: bool = True) -> "HarborApi":
    from components.harbor.inside.api import HarborApi

    return HarborApi(props["url"], props["admin_password"], props["ca"] or "", patient=patient)


def _differ(old: object, new: object) -> bool:
    """Whether both are known and not the same: numbers come back from the engine as floats."""
    return known(new) and old != new if old is not None or new is not None else False
