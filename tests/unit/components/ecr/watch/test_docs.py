"""The page on the watch names every alarm and every metric, and its config is one that is taken."""

import re

import yaml

from components.ecr.watch.alarms import alarms
from components.ecr.watch.settings import PullAlarm, UsageSettings, WatchSettings
from tests.unit.components.ecr.watch.declared import ROOT, declare
from tests.unit.components.ecr.watch.samples import NAMES
from tests.unit.components.ecr.watch.test_declared import DECLARED, WHOLE

PAGE = (ROOT / "docs" / "ecr-watch.md").read_text(encoding="utf-8")


def test_every_alarm_is_explained() -> None:
    settings = WatchSettings(trail_log_group="trail", pull_alarm=PullAlarm(above=1), usage=UsageSettings())
    for alarm in alarms(NAMES, settings, []):
        assert f"`{alarm.role}`" in PAGE
    assert "`pulls-<app>`" in PAGE


def test_the_config_on_the_page_is_taken() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (watch,) = [yaml.safe_load(block)["registries"]["main"]["watch"] for block in blocks]
    found = WatchSettings.model_validate(watch)
    assert found.usage is not None
    assert found.pull_alarm is not None


def test_the_number_of_alarms_on_the_page_is_right() -> None:
    always = [each for each in declare({}) if each.type.endswith(":MetricAlarm")]
    whole = [each for each in declare(WHOLE, repositories=DECLARED) if each.type.endswith(":MetricAlarm")]
    assert len(always) == 3
    assert len(whole) == 3 + 1 + len(DECLARED) + 3
