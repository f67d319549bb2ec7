"""Documents as GitHub's API gives them, whole: every property that its description requires."""

from typing import Any

WHEN = "2026-11-01T12:00:00Z"

_USER_URLS = [
    "avatar_url",
    "events_url",
    "followers_url",
    "following_url",
    "gists_url",
    "html_url",
    "organizations_url",
    "received_events_url",
    "repos_url",
    "starred_url",
    "subscriptions_url",
    "url",
]
_REPOSITORY_URLS = [
    "archive_url",
    "assignees_url",
    "blobs_url",
    "branches_url",
    "collaborators_url",
    "comments_url",
    "commits_url",
    "compare_url",
    "contents_url",
    "contributors_url",
    "deployments_url",
    "downloads_url",
    "events_url",
    "forks_url",
    "git_commits_url",
    "git_refs_url",
    "git_tags_url",
    "hooks_url",
    "html_url",
    "issue_comment_url",
    "issue_events_url",
    "issues_url",
    "keys_url",
    "labels_url",
    "languages_url",
    "merges_url",
    "milestones_url",
    "notifications_url",
    "pulls_url",
    "releases_url",
    "stargazers_url",
    "statuses_url",
    "subscribers_url",
    "subscription_url",
    "tags_url",
    "teams_url",
    "trees_url",
    "url",
]


def simple_user(login: str, kind: str) -> dict[str, Any]:
    """A user or an organization, as the owner of something."""
    urls = dict.fromkeys(_USER_URLS, f"https://api.github.com/users/{login}")
    rest = {"login": login, "id": 1, "node_id": "MDQ6VXNlcjE=", "gravatar_id": "", "type": kind, "site_admin": False}
    return urls | rest


def public_user(login: str, kind: str) -> dict[str, Any]:
    """A user or an organization, asked for by itself."""
    numbers = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    unset = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "name"))
    dates = {"created_at": WHEN, "updated_at": WHEN}
    return simple_user(login, kind) | numbers | unset | dates | {"user_view_type": "public"}


def repository(full_name: str) -> dict[str, Any]:
    """A repository, as what a package is linked to."""
    owner, _, name = full_name.partition("/")
    urls = dict.fromkeys(_REPOSITORY_URLS, f"https://api.github.com/repos/{full_name}")
    return urls | {
        "id": 2,
        "node_id": "MDEwOlJlcG9zaXRvcnky",
        "name": name,
        "full_name": full_name,
        "private": True,
        "owner": simple_user(owner, "Organization"),
        "description": None,
        "fork": False,
    }
