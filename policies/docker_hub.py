"""Rules on Docker Hub: what is declared is private, and stays.

Owns: the one resource by which this project's component settles a namespace's repositories. Does not own: the Hub's own
settings, for which no published provider exists.
"""

from collections.abc import Iterable, Iterator

from pulumi_policy import Severity

from policies._props import Gap, flag, group, printable, read
from policies._rule import Finding, Practice, Remark, Rule, Seen, only

REPOSITORIES = "pulumi-python:dynamic/snapdeploy:DockerHubRepositories"


def _private(seen: Seen) -> Iterator[Remark]:
    allowed = frozenset(map(str, seen.settings["publicRepositories"]))
    declared = group(seen.props, "repositories")
    if declared is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    if isinstance(declared, Gap):
        return
    for name in declared:
        private = flag(declared, name)
        if private is Gap.UNKNOWN:
            yield Gap.UNKNOWN
        elif private is not True and name not in allowed:
            yield Finding(f"repository `{printable(name)}` of {seen} is public")


def _kept(seen: Seen) -> Iterable[Remark]:
    return only(
        flag(seen.props, "delete"),
        lambda said: (
            f"{seen} deletes repositories that are no longer declared, with their images" if said is True else None
        ),
    )


def _strays(seen: Seen) -> Iterator[Remark]:
    found = read(seen.props, "public")
    if found is Gap.UNKNOWN:
        yield Gap.UNKNOWN
    elif not isinstance(found, Gap) and found:
        yield Finding(f"the namespace of {seen} has public repositories that nobody declared")


RULES: tuple[Rule, ...] = (
    Rule(
        name="docker-hub-repositories-are-private",
        says="Everybody sees only those repositories on Docker Hub that were meant for it.",
        refuses="a declared repository that is not private, unless `publicRepositories` names it",
        why="everybody may pull its images, with the code of users' apps",
        mend="write `registries.<name>.private: true` or `registries.<name>.repositories.<app>.private: true`, or name "
        "it in the pack's config",
        severity=Severity.CRITICAL,
        practices=(Practice.PRIVATE,),
        settings={
            "publicRepositories": {
                "type": "array",
                "items": {"type": "string"},
                "default": [],
                "description": "repositories that are meant for everybody",
            }
        },
        types=(REPOSITORIES,),
        judge=_private,
    ),
    Rule(
        name="docker-hub-has-no-strays",
        says="What nobody declared is not public either.",
        refuses="a namespace in which the Hub shows public repositories that are not declared",
        why="a push under a mistyped name made one, and everybody may pull it",
        mend="make it private at hub.docker.com, or declare it under `registries.<name>.repositories`",
        severity=Severity.HIGH,
        practices=(Practice.PRIVATE,),
        types=(REPOSITORIES,),
        judge=_strays,
    ),
    Rule(
        name="docker-hub-keeps-repositories",
        says="A repository that is no longer declared keeps its images.",
        refuses="`deleteRepositories`",
        why="a line that is lost in a merge deletes every image of that app",
        mend="remove `registries.<name>.deleteRepositories`, and delete by hand what is meant to go",
        severity=Severity.MEDIUM,
        types=(REPOSITORIES,),
        judge=_kept,
    ),
)
