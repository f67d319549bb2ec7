"""Which audit logs a registry of Google's needs: who pushed, and who pulled only where that is asked for."""

import pytest

from tests.policies.cases import google
from tests.policies.judged import Made, judge_stack

REPOSITORY = Made(google.repository().type, dict(google.repository().props))


def said(*kinds: str, **config: object) -> list[str]:
    audit = google.audit(auditLogConfigs=[{"logType": kind} for kind in kinds])
    return judge_stack(
        "google-registry-is-audited", REPOSITORY, Made(audit.type, dict(audit.props)), config=config or None
    )


def test_what_our_own_watch_switches_on_is_enough() -> None:
    from components.artifact_registry.watch.audit import TYPES

    assert said(*TYPES) == []


@pytest.mark.parametrize(
    ("kinds", "missing"),
    [((), "DATA_WRITE and DATA_READ"), (("DATA_WRITE",), "DATA_READ"), (("DATA_READ",), "DATA_WRITE")],
)
def test_pulls_are_asked_for_by_a_setting(kinds: tuple[str, ...], missing: str) -> None:
    (told,) = said(*kinds, reads=True)
    assert f"no audit log of {missing}\n" in told
    assert said("DATA_WRITE", "DATA_READ", reads=True) == []


def test_pulls_alone_do_not_tell_who_pushed() -> None:
    (told,) = said("DATA_READ")
    assert "no audit log of DATA_WRITE\n" in told
