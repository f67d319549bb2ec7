"""The tables of who may do what and who may become whom, with the documents they are about, and the page made of them.

`python -m tests.unit.components.ecr.permissions` writes docs/ecr-permissions.md anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.aws.documents import Document
from components.aws.place import Place
from components.ecr import rights, trust
from components.ecr.settings_access import AccessSettings, AnyPrincipal
from tests.support.iam import allowed
from tests.support.page import code, config

HERE = Path(__file__).parent
PAGE = HERE.parents[3] / "docs" / "ecr-permissions.md"

PLACE = Place("123456789012", "us-east-1")
NAMESPACE = "snapdeploy-apps"
KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
_SOURCE, _IMPORTER, _ORGANIZATION = "210987654321", "333333333333", "o-a1b2c3d4e5"
_CACHES = ["docker-hub"]


def documents() -> dict[str, Document]:
    """The documents of rights, by their name in permissions.yaml."""
    found = {
        "push": rights.push(PLACE, NAMESPACE),
        "pull": rights.pull(PLACE, NAMESPACE, _CACHES),
        "clean": rights.clean(PLACE, NAMESPACE),
        "findings": rights.findings(PLACE, NAMESPACE),
        "repository": rights.repository(PLACE, [_SOURCE], [_ORGANIZATION]),
        "registry": rights.registry(PLACE, NAMESPACE, sources=[_SOURCE], importers=[_IMPORTER], caches=_CACHES),
        "key": rights.key(PLACE),
        "template-role": rights.template_role([PLACE], [NAMESPACE], [KEY]),
    }
    return {name: document for name, document in found.items() if document is not None}


@dataclass(frozen=True)
class Question:
    """One cell of a table: may this request pass?"""

    block: str
    because: str
    action: str
    resource: str
    principal: tuple[str, str] | None
    context: Mapping[str, str]
    expected: bool

    def asked(self, document: Document) -> bool:
        """The evaluator's answer."""
        return allowed(document, self.action, self.resource, principal=self.principal, context=self.context)

    def __str__(self) -> str:
        verb = "may" if self.expected else "may not"
        return f"{self.block} {verb} {self.action} on {self.resource}: {self.because or 'it is its work'}"


def permissions() -> dict[str, Any]:
    """permissions.yaml."""
    found: dict[str, Any] = yaml.safe_load((HERE / "permissions.yaml").read_text())
    return found


def trusts() -> dict[str, Any]:
    """trust.yaml."""
    found: dict[str, Any] = yaml.safe_load((HERE / "trust.yaml").read_text())
    return found


def permission_questions() -> list[Question]:
    """Every action of every row of permissions.yaml."""
    return [
        Question(
            name,
            row.get("because", ""),
            action,
            _arn(row["at"]),
            _principal(row.get("as")),
            row.get("with", {}),
            expected,
        )
        for name, block in permissions().items()
        for expected, rows in ((True, block["allowed"]), (False, block["refused"]))
        for row in rows
        for action in row["do"]
    ]


def trust_questions() -> list[Question]:
    """Every row of trust.yaml."""
    found = []
    for name, block in trusts().items():
        request = block["request"]
        for expected, rows in ((True, block["admits"]), (False, block["refuses"])):
            for row in rows:
                context = {**request.get("with", {}), **row.get("with", {})}
                question = Question(
                    name,
                    row["because"],
                    row.get("do", request["do"]),
                    "*",
                    _principal(row.get("as", request["as"])),
                    {_claim(key, block): value for key, value in context.items() if value != ""},
                    expected,
                )
                found.append(question)
    return found


def principal(block: Mapping[str, Any]) -> AnyPrincipal:
    """The principal of a block of trust.yaml, read as from the config."""
    settings = AccessSettings.model_validate({"push": {"x": block["principal"]}}, by_alias=True, by_name=False)
    return settings.push["x"]


def trust_document(block: Mapping[str, Any], place: Place = PLACE) -> Document:
    """The trust document of a block of trust.yaml."""
    found = trust.document_for(principal(block), place)
    assert found is not None
    return found


def _claim(key: str, block: Mapping[str, Any]) -> str:
    return key if ":" in key else f"{block['issuer']}:{key}"


def _arn(short: str) -> str:
    if short == "key/own":
        return KEY
    return PLACE.arn("ecr", short) if short.startswith("repository/") else short


def _principal(block: Mapping[str, str] | None) -> tuple[str, str] | None:
    if block is None:
        return None
    ((by, who),) = block.items()
    return by, who


# --- the page ---

_HEAD = """# ECR: who may do what

Made from the tables that the tests ask an evaluator of IAM documents about
(`tests/unit/components/ecr/permissions.yaml` and `trust.yaml`), and from the documents themselves;
`python -m tests.unit.components.ecr.permissions` writes it anew. The examples are of account `123456789012`, region
`us-east-1` and namespace `snapdeploy-apps`; in China and GovCloud every ARN and principal is that of the partition.
Nothing here denies: what no line allows is denied.

`repository/snapdeploy-apps/*` is every repository below the namespace. It is neither the repository that is called
`snapdeploy-apps` itself, nor any whose name only begins like it.
"""
_TRUST_HEAD = """
## Who may become a role

The kinds of principal under `access`, and what they are told by. A row that is refused is a near miss that was tried.
"""


def page() -> str:
    """docs/ecr-permissions.md."""
    lines = [_HEAD]
    found = documents()
    for name, block in permissions().items():
        lines += [f"\n## {block['title']}", f"For {block['for']}.\n", "| may | on | why |", "|---|---|---|"]
        for statement in found[name]["Statement"]:
            on = statement.get("Resource", ["the repository itself"])
            who = _who(statement.get("Principal"), statement.get("Condition"))
            why = block["says"][statement["Sid"]]
            lines.append(f"| {who}{code(statement['Action'])} | {code(on)} | {why} |")
        lines += ["\n| may not | on | why |", "|---|---|---|"]
        for row in block["refused"]:
            who = _who({by: [one] for by, one in row["as"].items()} if "as" in row else None, row.get("with"))
            lines.append(f"| {who}{code(row['do'])} | {code([_arn(row['at'])])} | {row['because']} |")
    lines.append(_TRUST_HEAD)
    for name, block in trusts().items():
        lines += [f"\n### {name}", f"{config(block['principal'])}\n", "| | request | why |", "|---|---|---|"]
        for verb, rows in (("yes", block["admits"]), ("no", block["refuses"])):
            lines += [f"| {verb} | {_request(row, block['request'])} | {row['because']} |" for row in rows]
    return "\n".join(lines) + "\n"


def _who(principals: Mapping[str, list[str]] | None, when: Mapping[str, Any] | None) -> str:
    if principals is None:
        return ""
    who = ", ".join(f"`{one}`" for named in principals.values() for one in named)
    pairs: dict[str, Any] = {}
    for key, value in (when or {}).items():
        pairs.update(value if isinstance(value, Mapping) else {key: value})
    told = ", ".join(f"`{key}` = `{value[0] if isinstance(value, list) else value}`" for key, value in pairs.items())
    return f"{who}{f' with {told}' if told else ''}: "


def _request(row: Mapping[str, Any], request: Mapping[str, Any]) -> str:
    parts = [f"`{who}`" for who in row.get("as", {}).values()]
    parts += [f"`{row['do']}`"] if "do" in row else []
    parts += [f"`{key}` = `{value}`" if value else f"no `{key}`" for key, value in row.get("with", {}).items()]
    if not parts:
        return ", ".join(f"`{who}`" for who in request["as"].values())
    return ", ".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page())
