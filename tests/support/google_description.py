"""Google's own description of its storage and KMS APIs, its discovery documents, held against requests and answers.

Owns: the files in the cache, fetched once inside a package of PyPI and checked against their digests, and finding what
they say of a request. Does not own the requests.
"""

import hashlib
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tools import places

VERSION = "2.202.0"
_INSIDE = "googleapiclient/discovery_cache/documents"
_DIGESTS = {
    "storage.v1": "71b043824fb3c3c6c404c881cb25fc0328ff855c888d3ba6ecf065257c38efc0",
    "cloudkms.v1": "3e8da51d167fd165abcc219f82cdc8bd6767466021b61d6ab93ee9f8025bc679",
}
_TYPES: dict[str, Any] = {
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "array": list,
    "object": dict,
}
_SECONDS = 120


def load(scratch: Path) -> list[dict[str, Any]]:
    """The documents, from the cache or by pip. Raises CalledProcessError where pip cannot bring them."""
    found = []
    for name, digest in _DIGESTS.items():
        file = places.cache_folder() / f"google-discovery-{VERSION}-{name}.json"
        if not file.exists():
            fetch = [str(places.PYTHON), "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(scratch)]
            package = f"google-api-python-client=={VERSION}"
            subprocess.run([*fetch, package], check=True, capture_output=True, timeout=_SECONDS)
            with zipfile.ZipFile(next(scratch.glob("*.whl"))) as packed:
                file.write_bytes(packed.read(f"{_INSIDE}/{name}.json"))
        content = file.read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, f"{file} is not that of version {VERSION}: delete it"
        found.append(json.loads(content))
    return found


def mistakes(documents: list[dict[str, Any]], request: httpx.Request, answer: httpx.Response) -> Iterator[str]:
    """Everything in which the two are not as described."""
    path = request.url.path
    where = f"{request.method} {request.url.host}{path}"
    for document in documents:
        root = httpx.URL(document["rootUrl"]).host
        method = _method(document, document, request.method, path.removeprefix(f"/{document['servicePath']}"))
        if root == request.url.host and method is not None:
            break
    else:
        yield f"{where}: no such path and method"
        return
    known = method.get("parameters", {}) | document["parameters"]
    yield from (f"{where}: no parameter {name}" for name in request.url.params if name not in known)
    if request.content:
        taken = method.get("request", {}).get("$ref")
        body = json.loads(request.content)
        yield from _wrong(document, {"$ref": taken}, body, f"{where}: body") if taken else [f"{where}: takes no body"]
    if answer.is_success:
        yield from _wrong(document, method["response"], answer.json(), f"{where}: answer")


def _method(document: dict[str, Any], part: dict[str, Any], verb: str, path: str) -> dict[str, Any] | None:
    for method in part.get("methods", {}).values():
        # `{+name}` may hold slashes, `{name}` may not.
        plain = re.sub(r"\{[^+}][^}]*\}", "[^/:]+", method.get("flatPath", method["path"]))
        pattern = re.sub(r"\{\+[^}]+\}", ".+", plain)
        if method["httpMethod"] == verb and re.fullmatch(pattern, path.lstrip("/")):
            found: dict[str, Any] = method
            return found
    for inner in part.get("resources", {}).values():
        below = _method(document, inner, verb, path)
        if below is not None:
            return below
    return None


def _wrong(document: dict[str, Any], schema: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    while "$ref" in schema:
        schema = document["schemas"][schema["$ref"]]
    wanted = schema.get("type", "any")
    if wanted != "any" and not isinstance(value, _TYPES[wanted]):
        yield f"{where}: {value!r} is no {wanted}"
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        other = schema.get("additionalProperties")
        for name, inner in value.items():
            if name in known or other is not None:
                yield from _wrong(document, known.get(name, other), inner, f"{where}.{name}")
            else:
                yield f"{where}: no {name}"
    elif isinstance(value, list):
        for inner in value:
            yield from _wrong(document, schema["items"], inner, f"{where}[]")
    elif value not in schema.get("enum", [value]):
        yield f"{where}: cannot be {value!r}"
