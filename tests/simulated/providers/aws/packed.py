"""An archive of the program, packed into the bytes that Lambda takes.

Owns: reading what an archive names on this machine, and a zip that is the same each time.
Does not own: fetching: an archive from elsewhere is refused.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.simulated.behaviour import CloudError
from tests.simulated.wire import Blob, Value, plain

_WHEN = (1980, 1, 1, 0, 0, 0)


def packed(archive: Value) -> bytes:
    """The zip of `archive`; of nothing where there is none. Raises CloudError for one that is not on this machine."""
    archive = plain(archive)
    if isinstance(archive, Blob) and isinstance(archive.fields.get("path"), str):
        file = Path(str(archive.fields["path"]))
        if file.is_file():
            return file.read_bytes()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in sorted(_files(archive, "")):
            zipped.writestr(zipfile.ZipInfo(name, _WHEN), content)
    return stream.getvalue()


def _files(value: Value, name: str) -> Iterator[tuple[str, bytes]]:
    if not isinstance(value, Blob):
        return
    assets, text, path = (value.fields.get(field) for field in ("assets", "text", "path"))
    if isinstance(assets, dict):
        for inner, asset in assets.items():
            yield from _files(plain(asset), f"{name}/{inner}" if name else inner)
    elif isinstance(text, str) and text:
        yield name, text.encode()
    elif isinstance(path, str) and path:
        root = Path(path)
        if root.is_file():
            yield name, root.read_bytes()
            return
        if not root.is_dir():
            raise CloudError(f"the code of the function is not there: {path}")
        for file in root.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                inner = file.relative_to(root).as_posix()
                yield f"{name}/{inner}" if name else inner, file.read_bytes()
    elif value.fields.get("uri"):
        raise CloudError("the simulation fetches no code from elsewhere: hand over the files themselves")
