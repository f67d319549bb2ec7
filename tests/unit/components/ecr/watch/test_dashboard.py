"""The dashboard's body: against its golden file, within its grid, and what is left out where it is not watched."""

import json
from pathlib import Path
from typing import Any

from components.ecr.watch import dashboard as watch_dashboard
from components.ecr.watch.settings import UsageSettings, WatchSettings
from tests.unit.components.ecr.watch.samples import NAMES

GOLDEN = Path(__file__).parent / "dashboard.json"
WHOLE = WatchSettings(trail_log_group="trail", usage=UsageSettings())


def _body(settings: WatchSettings) -> dict[str, Any]:
    return watch_dashboard.body(NAMES, settings, "snapdeploy-apps-watch")


def test_the_whole_dashboard_is_its_golden_file() -> None:
    assert _body(WHOLE) == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_no_two_widgets_overlap_and_none_leaves_the_grid() -> None:
    for settings in (WHOLE, WatchSettings()):
        taken: set[tuple[int, int]] = set()
        for widget in _body(settings)["widgets"]:
            own = {
                (widget["x"] + right, widget["y"] + down)
                for right in range(widget["width"])
                for down in range(widget["height"])
            }
            assert max(x for x, _ in own) < 24
            assert not own & taken
            taken |= own


def test_what_is_not_counted_is_not_shown() -> None:
    text = json.dumps(_body(WatchSettings()))
    assert "StorageBytes" not in text
    assert "FailedPushes" not in text
    assert "AWS/Lambda" not in text
    assert "RepositoryCount" in text, "AWS counts repositories by itself"


def test_a_namespace_of_several_parts_is_searched_by_each() -> None:
    names = type(NAMES)("team/apps", NAMES.account, NAMES.region, NAMES.partition)
    assert '\\"team\\" \\"apps\\"' in json.dumps(watch_dashboard.body(names, WHOLE, "topic"))
