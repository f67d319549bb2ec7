"""What a state backend asks of Google, and what the double in the tests answers, are as Google describes its APIs."""

import subprocess
from pathlib import Path

import httpx
import pytest

from backend import google
from tests.support import google_description
from tests.support.fake_google_state import FakeGoogleState


def test_every_request_and_answer_is_as_described(tmp_path: Path) -> None:
    try:
        documents = google_description.load(tmp_path)
    except subprocess.CalledProcessError:
        pytest.skip("NOT CHECKED against Google's description of its APIs: pip cannot bring it here")
    fake, seen = FakeGoogleState(), []

    def exchange(request: httpx.Request) -> httpx.Response:
        answer = fake(request)
        seen.append((request, answer))
        return answer

    for keep_days in (90, 365):
        google.init(
            "acme-snapdeploy-state",
            project="acme-prod",
            location="europe-west3",
            key=None,
            keep_days=keep_days,
            dry_run=False,
            token=lambda: "ya29.canary",
            transport=httpx.MockTransport(exchange),
        )
    assert {request.method for request, _ in seen} == {"GET", "POST", "PATCH"}
    assert [
        wrong for request, answer in seen for wrong in google_description.mistakes(documents, request, answer)
    ] == []

    wrong = httpx.Request("POST", "https://storage.googleapis.com/storage/v1/b?region=x", json={"versionning": {}})
    told = list(google_description.mistakes(documents, wrong, httpx.Response(403)))
    assert [text.partition(": ")[2] for text in told] == ["no parameter region", "body: no versionning"]
