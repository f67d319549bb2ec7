"""One checkout for each test: what it breaks is its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import Checkout, checkout


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Checkout]:
    """A fresh checkout, in a path with a space and letters beyond ASCII."""
    with checkout(tmp_path / "my prójects" / "registry") as made:
        yield made


@pytest.fixture
def running(project: Checkout) -> Checkout:
    """A checkout in which `make up` has succeeded."""
    project.up()
    return project
