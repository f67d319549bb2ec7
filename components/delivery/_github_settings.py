"""Where on GitHub the builder's variables go, and what guards them there.

Owns: the keys of target `github-actions` and their rules. Does not own what is declared (`github_actions.py`). Pure.
People, teams and repositories are named by their numbers, each under a name of the reader's: GitHub lets go of a name
when its owner is renamed, and whoever takes it next would be let in.
"""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from components._settings import DeliverySettings, MistakeError, Settings
from components.delivery._interface import STACK
from contract.kinds import Target
from github.names import environment_mistake, login_mistake, repository_mistake

# https://docs.github.com/en/rest/deployments/environments: reviewers are at most six, a wait at most 30 days.
_MOST_REVIEWERS = 6
_LONGEST_WAIT = 43_200
_PATTERN = re.compile(r"[A-Za-z0-9._/*?!+@\[\]-]{1,255}")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Access(StrEnum):
    """Which repositories of an organization are given its variables."""

    ALL = "all"
    PRIVATE = "private"
    SELECTED = "selected"


def _owner(text: str) -> str:
    mistake = login_mistake(text)
    if mistake is not None:
        raise MistakeError(mistake)
    return text


def _repository(text: str) -> str:
    mistake = repository_mistake(text)
    if mistake is not None:
        raise MistakeError(mistake)
    return text


def _environment(text: str) -> str:
    mistake = environment_mistake(text.replace(STACK, "stack"))
    if mistake is not None:
        raise MistakeError(mistake)
    return text


def _label(text: str) -> str:
    if _LABEL.fullmatch(text) is None:
        raise MistakeError("is not a name: up to 64 of A-Z, a-z, 0-9, '.', '_', '-'")
    return text


def _pattern(text: str) -> str:
    if _PATTERN.fullmatch(text) is None:
        raise MistakeError("is not a pattern of branches or tags: letters, digits, '.', '_', '/', '-', and `*` for any")
    return text


_Number = Annotated[int, Field(ge=1)]
_Numbers = Mapping[Annotated[str, AfterValidator(_label)], _Number]
_Patterns = Annotated[tuple[Annotated[str, AfterValidator(_pattern)], ...], Strict(False)]


class ReviewersSettings(Settings):
    """Who has to agree before a job may use the environment; any one of them is enough."""

    users: _Numbers = Field(
        default={},
        description="users by their numbers: `gh api users/<name> --jq .id`",
        examples=[{"octocat": 583231}],
    )
    teams: _Numbers = Field(
        default={},
        description="teams by their numbers: `gh api orgs/<owner>/teams/<team> --jq .id`",
        examples=[{"platform": 1}],
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        count = len(self.users) + len(self.teams)
        if not count:
            raise MistakeError("names nobody", "name a user or a team, or delete it", "nobody would be asked")
        if count > _MOST_REVIEWERS:
            raise MistakeError(f"names {count} reviewers, and GitHub takes {_MOST_REVIEWERS}", "name a team instead")
        return self


class EnvironmentSettings(Settings):
    """A deployment environment: made and kept with these guards, and removed with the stack."""

    name: Annotated[str, AfterValidator(_environment)] = Field(
        default=STACK,
        description="the environment's name; `{stack}` in it is the stack's name",
        examples=["dev"],
    )
    reviewers: ReviewersSettings | None = Field(
        default=None,
        description="who has to agree before a job gets the variables; left out: nobody",
        examples=[{"users": {"octocat": 583231}}],
    )
    self_review: bool = Field(
        default=False, description="whether whoever started a job may agree to it themselves", examples=[False]
    )
    admins_bypass: bool = Field(
        default=False, description="whether administrators may pass by all of this", examples=[False]
    )
    wait_minutes: Annotated[int, Field(ge=0, le=_LONGEST_WAIT)] = Field(
        default=0, description="how long a job waits before it gets the variables", examples=[10]
    )
    protected_branches: bool = Field(
        default=False, description="whether only branches with protection rules may use it", examples=[True]
    )
    branches: _Patterns = Field(
        default=(), description="the branches that may use it, `*` for any part", examples=[["main"]]
    )
    tags: _Patterns = Field(default=(), description="the git tags that may use it", examples=[["v*"]])

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.protected_branches and (self.branches or self.tags):
            raise MistakeError(
                "has both `protectedBranches: true` and patterns",
                "delete `protectedBranches`, or `branches` and `tags`",
                "GitHub takes the one or the other",
            )
        return self

    @property
    def guarded(self) -> bool:
        """Whether it matters which branch a job runs on."""
        return bool(self.protected_branches or self.branches or self.tags)


class OrganizationSettings(Settings):
    """Variables of the whole organization, for many repositories at once."""

    repositories: _Numbers = Field(
        default={},
        description="the repositories that get them, by their numbers: `gh api repos/<owner>/<name> --jq .id`",
        examples=[{"builder": 1296269}],
    )
    access: Annotated[Access, Strict(False)] = Field(
        default=Access.SELECTED,
        description="`selected` (those named), `private` (all that are not public) or `all`",
        examples=["selected"],
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.access is Access.SELECTED and not self.repositories:
            raise MistakeError("selects no repository", "name one under `repositories`", "nobody would get them")
        if self.access is not Access.SELECTED and self.repositories:
            raise MistakeError(
                f"names repositories and has `access: {self.access}`", "delete one of the two", "they contradict"
            )
        return self


class GithubActionsSettings(DeliverySettings):
    """Variables and secrets of GitHub Actions: of a repository, one of its environments, or an organization."""

    target: Target = Target.GITHUB_ACTIONS
    owner: Annotated[str, AfterValidator(_owner)] = Field(
        description="the user or organization, as in github.com/<owner>", examples=["acme"]
    )
    repository: Annotated[str, AfterValidator(_repository)] | None = Field(
        default=None, description="the repository that the builder's workflow is in", examples=["builder"]
    )
    environment: EnvironmentSettings | None = Field(
        default=None,
        description="the deployment environment of the repository; left out: every job of the repository gets them",
        examples=[{"name": "dev"}],
    )
    organization: OrganizationSettings | None = Field(
        default=None,
        description="instead of `repository`: the whole organization's",
        examples=[{"repositories": {"builder": 1296269}}],
    )
    dependabot: bool = Field(
        default=False,
        description="whether Dependabot gets the secret ones too, which it keeps apart",
        examples=[False],
    )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        mistake = next(_disagreements(self), None)
        if mistake is not None:
            raise mistake
        return self

    def destination(self) -> str:
        """The place, without regard to case, as GitHub compares names."""
        if self.repository is None:
            return f"organization {self.owner.casefold()}"
        inside = f", environment {self.environment.name.casefold()}" if self.environment is not None else ""
        return f"{self.owner}/{self.repository}".casefold() + inside


def _disagreements(settings: GithubActionsSettings) -> Iterator[MistakeError]:
    if settings.repository is None and settings.organization is None:
        yield MistakeError("names neither `repository` nor `organization`", "write `repository: <name>`")
    if settings.repository is not None and settings.organization is not None:
        yield MistakeError("names both `repository` and `organization`", "delete one of the two")
    if settings.environment is not None and settings.repository is None:
        yield MistakeError("names an environment and no repository", "write `repository: <name>` beside it")
