"""Writes the files of an archive: a JSON object of paths to mode and text, as LZMA. The archive is the one argument."""

import json
import lzma
import sys
from pathlib import Path

with lzma.open(sys.argv[1]) as archive:
    files = json.load(archive)
for path, (mode, text) in files.items():
    file = Path(path)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
