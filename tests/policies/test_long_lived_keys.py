"""The rule on access keys of users."""

from tests.policies.judged import UNKNOWN, judge

RULE = "no-long-lived-access-keys"
ACCESS_KEY = "aws:iam/accessKey:AccessKey"


def test_an_access_key_is_flagged_with_its_user() -> None:
    (message,) = judge(RULE, ACCESS_KEY, {"user": "snapdeploy-push"})
    assert "access key 'main' of user `snapdeploy-push`" in message
    assert "mend: give the right to a role instead" in message


def test_a_user_that_is_not_known_yet_is_no_excuse() -> None:
    (message,) = judge(RULE, ACCESS_KEY, {"user": UNKNOWN})
    assert "of a user" in message


def test_a_role_passes() -> None:
    assert judge(RULE, "aws:iam/role:Role", {"name": "snapdeploy-push"}) == []
