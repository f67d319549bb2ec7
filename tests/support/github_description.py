"""GitHub's own description of its API: fetched once as an npm package, and held against requests and answers.

Owns: the file in the cache, which is checked against its digest, and finding what it says of a request. Does not own
the requests.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from openapi_schema_validator import OAS30Validator
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tools import places

VERSION = "23.0.2"
_DIGEST = "829b4bebb19a53133289f7b0bc819f4f1118115821db2ca9f25e9ee995a7da2a"
_INSIDE = "package/generated/api.github.com.json"
_HERE = "urn:github"
_SECONDS = 300


def npm() -> str | None:
    """npm's executable, which brings the description; None where it is not on this machine."""
    return shutil.which("npm")


def load(scratch: Path) -> "Description":
    """The description, from the cache or by npm. Raises CalledProcessError where npm cannot bring it."""
    file = places.cache_folder() / f"github-openapi-{VERSION}.json"
    if not file.exists():
        fetch = ["npm", "pack", f"@octokit/openapi@{VERSION}", "--silent", "--pack-destination", str(scratch)]
        subprocess.run(fetch, cwd=scratch, check=True, capture_output=True, timeout=_SECONDS)
        (archive,) = scratch.glob("*.tgz")
        with tarfile.open(archive) as packed:
            inside = packed.extractfile(_INSIDE)
            assert inside is not None
            part = scratch / "description.json"
            part.write_bytes(inside.read())
        shutil.move(part, file)
    content = file.read_bytes()
    assert hashlib.sha256(content).hexdigest() == _DIGEST, (
        f"{file} is not the description of version {VERSION}: delete it"
    )
    return Description(json.loads(content))


class Description:
    """What GitHub says that its API takes and gives."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._registry: Registry[Any] = Registry().with_resource(_HERE, DRAFT4.create_resource(document))

    def mistakes(self, request: httpx.Request, answer: httpx.Response) -> Iterator[str]:
        """Everything in which the two are not as described."""
        path = request.url.raw_path.decode().partition("?")[0]
        template = self._template(path, request.method)
        where = f"{request.method} {path}"
        if template is None:
            yield f"{where}: no such path and method"
            return
        operation = self._document["paths"][template][request.method.lower()]
        known = {found["name"]: found for found in map(self._resolved, operation.get("parameters", []))}
        for name, value in request.url.params.items():
            if known.get(name, {}).get("in") != "query":
                yield f"{where}: no parameter {name}"
            elif value not in known[name]["schema"].get("enum", [value]):
                yield f"{where}: {name} cannot be {value}"
        for name, found in known.items():
            if found["in"] == "query" and found.get("required") and name not in request.url.params:
                yield f"{where}: {name} is required"
        taken = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        if request.content and taken is None:
            yield f"{where}: it takes no body"
        elif request.content:
            body = json.loads(request.content)
            for error in OAS30Validator(_rooted(taken), registry=self._registry).iter_errors(body):
                yield f"{where}: body {error.json_path}: {error.message}"
            for name in sorted(body.keys() - taken.get("properties", {}).keys()):
                yield f"{where}: the body has no {name}"
        response = operation["responses"].get(str(answer.status_code))
        if response is None:
            yield f"{where}: it does not answer {answer.status_code}"
            return
        schema = self._resolved(response).get("content", {}).get("application/json", {}).get("schema")
        if schema is None:
            if answer.content:
                yield f"{where}: {answer.status_code} has no body"
            return
        validator = OAS30Validator(_rooted(schema), registry=self._registry)
        for error in validator.iter_errors(answer.json()):
            yield f"{where}: {error.json_path}: {error.message}"

    def _template(self, path: str, method: str) -> str | None:
        """The path as it is described: of several that fit, that with the fewest gaps."""
        fitting = [
            template
            for template, operations in self._document["paths"].items()
            if method.lower() in operations and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path)
        ]
        return min(fitting, key=lambda template: template.count("{"), default=None)

    def _resolved(self, entry: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in entry:
            found: Any = self._document
            for part in entry["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            entry = found
        return entry


def _rooted(schema: Any) -> Any:
    """`schema` with its references to the whole document, of which it is a part."""
    if isinstance(schema, dict):
        return {
            key: f"{_HERE}{value}" if key == "$ref" and isinstance(value, str) else _rooted(value)
            for key, value in schema.items()
            if key != "discriminator"  # it only says sooner which alternative is meant
        }
    return [_rooted(part) for part in schema] if isinstance(schema, list) else schema
