"""Evaluates and lints IAM documents as AWS would, as far as it can be had without AWS.

Owns: asking the real evaluator (moto's `IAMPolicy`) about actions and resources, what that lacks (principals and
conditions), and the linter. Does not own: the documents, or what they should allow.

moto 5.2.5 takes a condition as fulfilled where the request lacks its key, and whatever its operator where that is not
StringEquals; it knows no principals but AWS, and reads an ARN's `.` as a regular expression does. So statements are
chosen here by principal and condition, and escaped, before it is asked.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import translate
from functools import cache
from importlib import import_module
from pathlib import Path
from re import escape, fullmatch
from types import ModuleType
from typing import Any
from unittest.mock import patch

from moto.iam.access_control import IAMPolicy, PermissionResult

from components.aws.documents import EVERYBODY, Document, Statement

Context = Mapping[str, str]
"""The condition keys of one request. A key that is not there is absent from the request, as it can be in AWS."""


def allowed(
    document: Document,
    action: str,
    resource: str = "*",
    *,
    principal: tuple[str, str] | None = None,
    context: Context | None = None,
) -> bool:
    """Whether `document` lets a request through.

    `principal` is how the caller is named and by what, such as `("AWS", "arn:…:root")`; None where the document is
    attached to the caller. What nothing allows is denied, and so is what one statement denies.
    """
    answers = []
    for statement in document["Statement"]:
        if "Principal" in statement and not _names(statement, principal):
            continue
        if not _fulfilled(statement.get("Condition", {}), context or {}):
            continue
        answers.append(_ask_moto(statement, action, resource))
    return PermissionResult.PERMITTED in answers and PermissionResult.DENIED not in answers


def _ask_moto(statement: Statement, action: str, resource: str) -> PermissionResult:
    bare = {
        "Effect": statement["Effect"],
        "Action": [_for_moto(one) for one in statement["Action"]],
        # A document of a trust or of a repository has none: it is about the very thing that it is attached to.
        "Resource": [_for_moto(one) for one in statement.get("Resource", ["*"])],
    }
    policy = IAMPolicy(json.dumps({"Version": "2012-10-17", "Statement": [bare]}))
    answer: PermissionResult = policy.is_action_permitted(action, resource)
    return answer


def _for_moto(pattern: str) -> str:
    """`pattern` for an evaluator that makes a regular expression of it without escaping anything but `*`."""
    assert "?" not in pattern, "single-character wildcards are not evaluated here"
    return "*".join(escape(part) for part in pattern.split("*"))


def _names(statement: Statement, principal: tuple[str, str] | None) -> bool:
    if principal is None:
        return False
    by, who = principal
    named = statement.get("Principal", {}).get(by, [])
    return who in named or (by == "AWS" and EVERYBODY in named)


def _fulfilled(conditions: Mapping[str, Mapping[str, Sequence[str]]], context: Context) -> bool:
    """All operators and keys have to hold, by any one value of each; an absent key fulfils nothing.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
    """
    return all(
        key in context and any(_OPERATORS[operator](value, context[key]) for value in values)
        for operator, keys in conditions.items()
        for key, values in keys.items()
    )


def _like(pattern: str, found: str) -> bool:
    assert not set(pattern) & set("?[$"), "only `*` is evaluated here, and no variable"
    return fullmatch(translate(pattern), found) is not None


def _arn_like(pattern: str, found: str) -> bool:
    """Each of the six parts of an ARN on its own: a `*` does not reach over a colon, but in the last."""
    parts, others = pattern.split(":", 5), found.split(":", 5)
    return len(parts) == len(others) == 6 and all(map(_like, parts, others))


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda value, found: value == found,
    "StringLike": _like,
    "ArnLike": _arn_like,
    "Bool": lambda value, found: value == found,
    # A request here has one value of each key; AWS asks the same of each where there are more.
    "ForAllValues:StringEquals": lambda value, found: value == found,
}


@cache
def _parliament() -> Any:
    """The linter. It asks setuptools for two of its own files by `pkg_resources`, which setuptools has dropped."""
    stand_in = ModuleType("pkg_resources")

    def resource_filename(package: str, name: str) -> str:
        folder = Path(sys.modules[package].__file__ or "").parent
        return str(folder / name)

    stand_in.__dict__["resource_filename"] = resource_filename
    with patch.dict(sys.modules, {"pkg_resources": stand_in}):
        # Others that look for it have to see that it is not there: it goes with the `with`, and the linter stays.
        linter = import_module("parliament")
        linted = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "parliament"}
    sys.modules.update(linted)
    return linter


def findings(document: Document, attached_to: str) -> Iterator[tuple[str, str]]:
    """What the linter has against `document`: the name of each finding, and its words.

    `attached_to` is the ARN of what carries the document. Those of a trust or a repository have no resource, which
    the linter misses: it is shown that one.
    """
    statements = [{"Resource": [attached_to], **statement} for statement in document["Statement"]]
    text = json.dumps({**document, "Statement": statements})
    for finding in _parliament().analyze_policy_string(text, include_community_auditors=True).findings:
        yield str(finding.issue), str(finding.detail)
