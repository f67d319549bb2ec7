"""Delivery into GitHub Actions: what is plain as variables, what is secret as secrets.

Owns: the variables and secrets, and where one is named the deployment environment with its guards. Does not own: the
repository, or the token that the update runs with, which is GITHUB_TOKEN of whoever runs it and never in the state.

A secret is sealed for GitHub before it leaves, and GitHub gives none back: what was changed there by hand is told by
its date, and set again by the next update. How many there are depends on the registry's kind alone.
"""

from collections.abc import Mapping
from typing import ClassVar

import pulumi
import pulumi_github as github

from components._settings import MistakeError
from components.delivery._github_settings import (
    Access,
    EnvironmentSettings,
    GithubActionsSettings,
    OrganizationSettings,
)
from components.delivery._interface import Context, Delivery
from contract.kinds import Environment
from contract.variables import SECRET_NAMES

_Value = pulumi.Output[str]


class GithubActions(Delivery):
    """The builder's variables where its workflow reads them: `vars.…` and `secrets.…`."""

    TYPE = "snapdeploy:delivery:GithubActions"
    Settings: ClassVar = GithubActionsSettings

    @classmethod
    def objection(cls, settings: GithubActionsSettings, context: Context) -> MistakeError | None:
        """In production an environment says which branches may use it."""
        chosen = settings.environment
        if context.environment is Environment.PROD and chosen is not None and not chosen.guarded:
            return MistakeError(
                "has an environment that any branch may use, which production cannot have",
                "write `branches: [main]` under `environment`, or `protectedBranches: true`",
                "whoever can push a branch could push an image with it",
            )
        return None

    def deliver(
        self, settings: GithubActionsSettings, variables: Mapping[str, pulumi.Output[str]], context: Context
    ) -> None:
        """A variable or a secret for each, in the environment or the organization where one is named."""
        at = self.options(provider=github.Provider(self.child("github"), owner=settings.owner, opts=self.options()))
        if settings.environment is not None and settings.repository is not None:
            # Its name comes from the environment, so that they are made after it and removed before it.
            environment = self._environment(settings.repository, settings.environment, context, at)
            for name, value in variables.items():
                self._in_environment(name, value, settings.repository, environment, at)
        elif settings.repository is not None:
            for name, value in variables.items():
                self._in_repository(name, value, settings.repository, at)
        elif settings.organization is not None:
            for name, value in variables.items():
                self._in_organization(name, value, settings.organization, at)
        if settings.dependabot:
            for name, value in variables.items():
                if name in SECRET_NAMES:
                    self._for_dependabot(name, value, settings, at)

    def _environment(
        self, repository: str, chosen: EnvironmentSettings, context: Context, at: pulumi.ResourceOptions
    ) -> pulumi.Output[str]:
        """The environment with its guards; its name."""
        environment = github.RepositoryEnvironment(
            self.child("environment"),
            repository=repository,
            environment=context.place(chosen.name),
            can_admins_bypass=chosen.admins_bypass,
            prevent_self_review=not chosen.self_review if chosen.reviewers is not None else None,
            wait_timer=chosen.wait_minutes or None,
            reviewers=[
                github.RepositoryEnvironmentReviewerArgs(
                    users=sorted(chosen.reviewers.users.values()) or None,
                    teams=sorted(chosen.reviewers.teams.values()) or None,
                )
            ]
            if chosen.reviewers is not None
            else None,
            deployment_branch_policy=github.RepositoryEnvironmentDeploymentBranchPolicyArgs(
                protected_branches=chosen.protected_branches, custom_branch_policies=not chosen.protected_branches
            )
            if chosen.guarded
            else None,
            opts=at,
        )
        for kind, patterns in (("branch", chosen.branches), ("tag", chosen.tags)):
            for pattern in patterns:
                github.RepositoryEnvironmentDeploymentPolicy(
                    self.child(f"{kind}-{pattern}"),
                    repository=repository,
                    environment=environment.environment,
                    branch_pattern=pattern if kind == "branch" else None,
                    tag_pattern=pattern if kind == "tag" else None,
                    opts=at,
                )
        return environment.environment

    def _in_environment(
        self, name: str, value: _Value, repository: str, environment: _Value, at: pulumi.ResourceOptions
    ) -> None:
        if name in SECRET_NAMES:
            github.ActionsEnvironmentSecret(
                self._named(name),
                repository=repository,
                environment=environment,
                secret_name=name,
                value=_hidden(value),
                opts=at,
            )
        else:
            github.ActionsEnvironmentVariable(
                self._named(name),
                repository=repository,
                environment=environment,
                variable_name=name,
                value=value,
                opts=at,
            )

    def _in_repository(self, name: str, value: _Value, repository: str, at: pulumi.ResourceOptions) -> None:
        if name in SECRET_NAMES:
            github.ActionsSecret(
                self._named(name), repository=repository, secret_name=name, value=_hidden(value), opts=at
            )
        else:
            github.ActionsVariable(self._named(name), repository=repository, variable_name=name, value=value, opts=at)

    def _in_organization(
        self, name: str, value: _Value, chosen: OrganizationSettings, at: pulumi.ResourceOptions
    ) -> None:
        if name in SECRET_NAMES:
            github.ActionsOrganizationSecret(
                self._named(name),
                secret_name=name,
                value=_hidden(value),
                visibility=chosen.access,
                selected_repository_ids=_selected(chosen),
                opts=at,
            )
        else:
            github.ActionsOrganizationVariable(
                self._named(name),
                variable_name=name,
                value=value,
                visibility=chosen.access,
                selected_repository_ids=_selected(chosen),
                opts=at,
            )

    def _for_dependabot(
        self, name: str, value: _Value, settings: GithubActionsSettings, at: pulumi.ResourceOptions
    ) -> None:
        role = f"dependabot-{_role(name)}"
        if settings.repository is not None:
            github.DependabotSecret(
                self.child(role), repository=settings.repository, secret_name=name, value=_hidden(value), opts=at
            )
        elif settings.organization is not None:
            github.DependabotOrganizationSecret(
                self.child(role),
                secret_name=name,
                value=_hidden(value),
                visibility=settings.organization.access,
                selected_repository_ids=_selected(settings.organization),
                opts=at,
            )

    def _named(self, name: str) -> str:
        return self.child(_role(name))


def _role(name: str) -> str:
    return name.lower().replace("_", "-")


def _hidden(value: _Value) -> _Value:
    return pulumi.Output.secret(value)


def _selected(chosen: OrganizationSettings) -> list[int] | None:
    return sorted(chosen.repositories.values()) if chosen.access is Access.SELECTED else None
