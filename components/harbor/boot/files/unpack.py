"""Writes the files of an archive in their places: unpack.py ARCHIVE. The archive is made by `render.py`."""

import json
import lzma
import os
import sys

with lzma.open(sys.argv[1]) as archive:
    files = json.load(archive)
for path, (mode, text) in files.items():
    with open(path + ".new", "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
    os.chmod(path + ".new", mode)  # noqa: PTH101
    os.replace(path + ".new", path)  # noqa: PTH105
