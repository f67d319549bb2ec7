"""Which jobs of a GitHub repository somebody trusts, whatever the cloud that is told.

Owns: the words of the config for it, and the rules of their values. Does not own: the ids of the repository and its
owner, which one cloud asks for and another does not, or the conditions that follow (`ecr/trust.py`,
`artifact_registry/federation.py`). Pure.
"""

import re
from typing import Annotated

from pydantic import Field, Strict, model_validator

from components._settings import MistakeError, Settings, like

GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
"""Who signs the tokens of GitHub's workflows."""

# Owners have letters, digits and single hyphens, repositories also `.` and `_`; a `*` in either would trust strangers.
_REPOSITORY = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}/[A-Za-z0-9._-]{1,100}")
# What git and GitHub allow, without what IAM reads as something else: `?`, `$` (a variable), and `:`, which parts a
# subject; and without quotes and backslashes, which end or escape a text in CEL.
_REF = re.compile(r"[A-Za-z0-9._/@+*#=,%-]{1,200}")
_ENVIRONMENT = re.compile(r"[A-Za-z0-9._/@+*#=, -]{1,200}")

GithubRepository = Annotated[str, like(_REPOSITORY, "is not owner/name of a GitHub repository")]
"""`owner/name`."""

GithubId = Annotated[int, Field(ge=1)]
"""The number of an owner or a repository, which stays when the name changes."""

Branch = Annotated[
    str, like(_REF, "is not a branch or tag: up to 200 letters, digits and ._/@+#=,%-, `*` for anything")
]
"""A branch or tag, `*` for anything."""

DeployEnvironment = Annotated[
    str, like(_ENVIRONMENT, "is not an environment: up to 200 letters, digits, spaces and ._/@+#=,-, `*` for anything")
]
"""An environment of GitHub's, `*` for anything."""


class GithubJobs(Settings):
    """Jobs of one GitHub repository, by the branch, tag or environment that they run for."""

    repository: GithubRepository = Field(
        description="owner/name, in the case in which GitHub writes it", examples=["owner/name"]
    )
    branches: Annotated[tuple[Branch, ...], Strict(False)] = Field(
        default=(), description="branches whose jobs are trusted, `*` for anything", examples=[["main"]]
    )
    tags: Annotated[tuple[Branch, ...], Strict(False)] = Field(
        default=(), description="tags whose jobs are trusted, `*` for anything", examples=[["v*"]]
    )
    environments: Annotated[tuple[DeployEnvironment, ...], Strict(False)] = Field(
        default=(), description="environments whose jobs are trusted", examples=[["prod"]]
    )

    @model_validator(mode="after")
    def _narrowed(self) -> "GithubJobs":
        if not (self.branches or self.tags or self.environments):
            raise MistakeError(
                "names no branch, tag or environment",
                "write for example `branches: [main]`",
                "every job of the repository would be trusted, those of pull requests included",
            )
        return self
