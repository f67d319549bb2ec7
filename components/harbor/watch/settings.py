"""What may be said of the watch over a Harbor: who is told, which signals, from which value on.

Owns: the models under `watch:`. Does not own: the signals (`signals.yaml`), or what is declared from them.
"""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from components._recipients import Email, Label
from components._settings import MistakeError, Settings
from components.harbor.watch import signals as watch_signals


def _key(text: str) -> str:
    known = [signal.key for signal in watch_signals.table()]
    if text not in known:
        raise MistakeError("is not a signal", f"one of {', '.join(known)}")
    return text


class SignalSettings(Settings):
    """What is different of one signal."""

    threshold: float | None = Field(
        default=None, ge=0, description="the value at which it becomes bad; left out: the table's", examples=[70]
    )
    alarm: bool = Field(
        default=True, description="whether it has an alarm; it is measured all the same", examples=[False]
    )


class WatchSettings(Settings):
    """`watch:`; left out, nothing watches. Every key has a default."""

    email: dict[Label, Email] = Field(
        default_factory=dict,
        description="who gets alerts by e-mail, by any name; on AWS each has to confirm once",
        examples=[{"platform": "platform@example.com"}],
    )
    signals: dict[Annotated[str, AfterValidator(_key)], SignalSettings] = Field(
        default_factory=dict,
        description="what is different of a signal, by its name",
        examples=[{"diskUsedPercent": {"threshold": 70}}],
    )
    cloud: bool = Field(
        default=True,
        description="whether the cloud's own monitoring watches; false: Harbor's metrics are there for Prometheus only",
        examples=[False],
    )

    @model_validator(mode="after")
    def _tell_only_where_something_watches(self) -> "WatchSettings":
        if not self.cloud and (self.email or self.signals):
            raise MistakeError(
                "has `cloud: false` beside `email` or `signals`",
                "delete those, or write `cloud: true`; rules for Prometheus are in components/harbor/watch/rules.yaml",
                "they would be ignored: nothing here alerts",
            )
        return self
