"""Which chart installs which Harbor, from the dated file beside this one.

Owns: reading the file, and judging a version and a downloaded archive by it. Does not own: the chart's values
(`values.py`), or the download.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from components._settings import MistakeError

if TYPE_CHECKING:
    from components.harbor.kubernetes.settings import ChartSettings

_FILE = Path(__file__).with_name("charts.yaml")


@dataclass(frozen=True)
class Chart:
    """One version of the official chart."""

    version: str
    sha256: str
    """Of the archive, lower-case hexadecimal."""
    repository: str

    @property
    def url(self) -> str:
        """Where its archive is."""
        return f"{self.repository}/harbor-{self.version}.tgz"

    def mistake(self, archive: bytes) -> MistakeError | None:
        """What is wrong with a downloaded archive; None where it is the one that was meant."""
        found = hashlib.sha256(archive).hexdigest()
        if found == self.sha256:
            return None
        return MistakeError(
            f"has a chart, {self.url}, whose archive has the sha256 {found} instead of {self.sha256}",
            "find out why before anything is installed from it; a chart that was published anew is named by "
            "`chart.version` and `chart.sha256`",
            "what would be installed is not what was reviewed",
        )


def chart(harbor: str, told: "ChartSettings | None" = None) -> Chart:
    """The chart for the version `harbor` of Harbor: the one that is told, or the table's.

    Raises MistakeError where the table has none.
    """
    table = _table()
    if told is not None:
        return Chart(told.version, told.sha256, table["repository"])
    entry = table["charts"].get(harbor)
    if entry is None:
        known = ", ".join(sorted(table["charts"], reverse=True))
        raise MistakeError(
            f"is a version of Harbor without a known chart; known on {table['asOf']} are {known}",
            "write one of those, or name the chart under `kubernetes.chart` by `version` and `sha256`",
        )
    return Chart(entry["chart"], entry["sha256"], table["repository"])


@cache
def _table() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document
