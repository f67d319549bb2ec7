"""The dashboard's body: against its golden file, within its grid, and what is left out where it is not watched."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from components.artifact_registry.watch import dashboard as watch_dashboard
from components.artifact_registry.watch.settings import WatchSettings
from tests.unit.components.artifact_registry.watch.samples import NAMES
from tests.unit.components.artifact_registry.watch.test_alerts import WHOLE

GOLDEN = Path(__file__).parent / "dashboard.json"


def test_the_whole_dashboard_is_its_golden_file() -> None:
    assert watch_dashboard.body(NAMES, WHOLE) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_no_two_widgets_overlap_and_none_leaves_the_grid() -> None:
    for settings in (WHOLE, WatchSettings()):
        layout = watch_dashboard.body(NAMES, settings)["mosaicLayout"]
        taken: set[tuple[int, int]] = set()
        for tile in layout["tiles"]:
            own = {
                (tile.get("xPos", 0) + right, tile.get("yPos", 0) + down)
                for right in range(tile["width"])
                for down in range(tile["height"])
            }
            assert max(x for x, _ in own) < layout["columns"] <= 48
            assert not own & taken
            taken |= own


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _leaves(child)
    else:
        yield value


def test_nothing_is_0_or_empty() -> None:
    """Google leaves such values out, and each `up` would see a change."""
    assert all(_leaves(watch_dashboard.body(NAMES, WHOLE)))


def test_what_is_not_counted_is_not_shown() -> None:
    text = json.dumps(watch_dashboard.body(NAMES, WatchSettings()))
    assert "logging.googleapis.com" not in text
    assert "workflows.googleapis.com" not in text
    assert "repository/size" in text, "Google counts what is stored by itself"
    assert "Docker-PutManifest" in text, "and what is asked for"
