"""Rules on a Harbor of one's own: who gets in, who sees what, and what is left when its server goes.

Owns: what is declared inside a Harbor, by its provider or by this project's components, and what the component says of
backups. Does not own: the server (`machines.py`), the provider (`providers.py`), or what holds for every registry
(`registry.py`, `program.py`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_policy import Severity

from policies._props import Gap, Props, flag, group, number, printable, read, text
from policies._rule import Finding, Practice, Remark, Rule, Seen, StackRule

REGISTRY = "snapdeploy:registry:Harbor"
ROBOT = "harbor:index/robotAccount:RobotAccount"
PROJECT = "harbor:index/project:Project"
USER = "harbor:index/user:User"
_ADMINISTRATOR = "admin"
_USERNAME = "DOCKER_REGISTRY_USERNAME"


def _ends(seen: Seen) -> Iterator[Remark]:
    days, most = number(seen.props, "duration"), float(seen.settings["days"])
    if days is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif isinstance(days, Gap) or days <= 0:
        yield Finding(f"robot {seen} never ends: `duration` is not a number of days")
    elif days > most:
        yield Finding(f"robot {seen} lasts {days:.0f} days, which is more than {most:.0f}")


def _private(seen: Seen) -> Iterator[Remark]:
    allowed = frozenset(map(str, seen.settings["publicProjects"]))
    name, said = text(seen.props, "name"), read(seen.props, "public")
    if Gap.UNKNOWN in (said, name):
        yield Gap.UNKNOWN
    elif str(said).lower() == "true" and name not in allowed:
        yield Finding(f"project {seen} is public")


def _ordinary(seen: Seen) -> Iterator[Remark]:
    said = flag(seen.props, "admin")
    if said is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif said is True:
        yield Finding(f"user {seen} is an administrator of all of Harbor")


def _robot_delivered(resources: list[Seen], _settings: Mapping[str, Any]) -> Iterator[Remark]:
    for one in resources:
        if one.type != REGISTRY:
            continue
        told = group(one.props, "builder_env")
        who = told if isinstance(told, Gap) else text(told, _USERNAME)
        if who is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif isinstance(who, str) and who.lower() == _ADMINISTRATOR:
            yield Finding(f"registry {one} hands the builder Harbor's administrator", one.urn)


def _copied(resources: list[Seen], settings: Mapping[str, Any]) -> Iterator[Remark]:
    strict = {str(name).lower() for name in settings["environments"]}
    for one in resources:
        if one.type != REGISTRY:
            continue
        facts: Props = one.inputs or one.props
        where, kept = text(facts, "environment"), text(one.props, "backups")
        if Gap.UNKNOWN in (where, kept):
            yield Gap.UNKNOWN
        elif isinstance(where, str) and where.lower() in strict and (isinstance(kept, Gap) or not kept):
            yield Finding(
                f"registry {one} is in environment `{printable(where)}`, and nothing of it is copied", one.urn
            )


RULES: tuple[Rule, ...] = (
    StackRule(
        name="harbor-delivers-a-robot",
        says="The builder gets into Harbor as a robot of its project.",
        refuses="a Harbor whose `DOCKER_REGISTRY_USERNAME` is `admin`",
        why="whoever reads the builder's variables may delete every image and let others in",
        mend="deliver the robot that the component makes (`username` of a robot account on the project)",
        severity=Severity.CRITICAL,
        practices=(Practice.TOKENS, Practice.ROLES),
        over=_robot_delivered,
    ),
    Rule(
        name="harbor-robots-end",
        says="A robot of Harbor ends.",
        refuses="a robot without a `duration`, with one that means never, or with more days than the setting `days`",
        why="a secret that leaked long ago would still push; Harbor's own default is never",
        mend="write `registries.<name>.robot.days: 90` (`duration`)",
        severity=Severity.HIGH,
        practices=(Practice.ROTATION,),
        settings={
            "days": {"type": "number", "default": 365, "description": "the most days that a robot may last"},
        },
        types=(ROBOT,),
        judge=_ends,
    ),
    Rule(
        name="harbor-projects-are-private",
        says="Only those who may can see a project of Harbor.",
        refuses="a project that is `public`, unless `publicProjects` names it",
        why="everybody may pull its images, with the code of users' apps",
        mend="write `public: false`, or name it in the pack's config",
        severity=Severity.CRITICAL,
        practices=(Practice.PRIVATE,),
        settings={
            "publicProjects": {
                "type": "array",
                "items": {"type": "string"},
                "default": [],
                "description": "projects that are meant for everybody",
            }
        },
        types=(PROJECT,),
        judge=_private,
    ),
    Rule(
        name="harbor-users-are-no-administrators",
        says="No user that a program makes is an administrator of Harbor.",
        refuses="a user of Harbor with `admin: true`",
        why="its password, which stands in the state, opens every project",
        mend="delete `admin`, and make it a member of the projects that it is for",
        severity=Severity.HIGH,
        practices=(Practice.ROLES,),
        types=(USER,),
        judge=_ordinary,
    ),
    StackRule(
        name="harbor-is-backed-up",
        says="What only a production's Harbor knows lies somewhere else too.",
        refuses="a Harbor in production that says of no place where its `backups` go",
        why="with its disk go the database and the key that opens it, and no image can be found any more",
        mend="write `registries.<name>.backup: {at: …, days: …}`",
        severity=Severity.HIGH,
        settings={
            "environments": {
                "type": "array",
                "items": {"type": "string"},
                "default": ["prod", "production"],
                "description": "environments in which the rule holds",
            }
        },
        over=_copied,
    ),
)
