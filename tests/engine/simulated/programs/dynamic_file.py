"""A dynamic resource whose code, where it runs, leaves a file behind."""

from pathlib import Path
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class FileProvider(ResourceProvider):
    """Writes a file for real."""

    def create(self, props: dict[str, Any]) -> CreateResult:
        Path(props["path"]).write_text(props["text"], encoding="utf-8")
        return CreateResult("file", props)


class File(Resource):
    """A file with a text."""

    path: pulumi.Output[str]

    def __init__(self, name: str, path: str, text: pulumi.Input[str]) -> None:
        super().__init__(FileProvider(), name, {"path": path, "text": text})


config = pulumi.Config()
file = File("note", config.require("path"), config.require_secret("text"))
pulumi.export("path", file.path)
