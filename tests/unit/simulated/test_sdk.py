"""What is known of a resource comes from the SDK's own classes, at the cost of one of its files."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulated.sdk import Sdk, UnknownTokenError
from tests.unit.simulated.conftest import TOY_BOX

ROOT = Path(__file__).resolve().parents[3]


def test_names_on_the_wire_and_what_is_required(sdk: Sdk) -> None:
    box = sdk.resource(TOY_BOX)
    assert {name for name, entry in box.inputs.items() if entry.required} == {"colour"}
    assert set(box.outputs) == {"colour", "serialNumber", "madeIn"}
    assert box.computed == {"serialNumber": (int,), "madeIn": (str,)}


def test_only_the_file_that_holds_the_class_is_run(sdk: Sdk) -> None:
    sdk.resource(TOY_BOX)
    assert "pulumi_toy.shop.toy_box" in sys.modules
    assert not hasattr(sys.modules["pulumi_toy.shop"], "__file__")


def test_a_class_that_no_file_is_named_after_is_found_in_its_package(toy: Path, sdk: Sdk) -> None:
    (toy / "shop" / "__init__.py").write_text("from .toy_box import Lid\n", encoding="utf-8")
    # Whichever of the package's classes was read before: what stood in for the package then makes way.
    sdk.resource(TOY_BOX)
    assert sdk.resource("toy:shop/all:Lid").inputs == {}


def test_an_unknown_token_gets_a_suggestion(sdk: Sdk) -> None:
    with pytest.raises(
        UnknownTokenError, match="no resource type toy:shop/toybox:Toybox; did you mean 'toy:shop/toyBox"
    ):
        sdk.resource("toy:shop/toybox:Toybox")


def test_a_package_that_is_not_there_is_named_with_the_mend() -> None:
    with pytest.raises(ModuleNotFoundError, match="add pulumi-nowhere to requirements"):
        Sdk("pulumi_nowhere")


def test_reading_aws_lightly_imports_a_handful_of_its_modules() -> None:
    """In a process of its own, since the stand-ins would meet other tests."""
    code = (
        "import sys; from tests.simulated.sdk import Sdk\n"
        "found = Sdk('pulumi_aws', light=True).resource('aws:ecr/repository:Repository')\n"
        "assert set(found.computed) == {'arn', 'registryId', 'repositoryUrl', 'tagsAll'}, found.computed\n"
        "print(sum(name.startswith('pulumi_aws') for name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 20


@pytest.mark.parametrize(
    ("package", "token", "module", "name"),
    [
        ("pulumi_gcp", "gcp:secretmanager/secret:Secret", "secretmanager", "Secret"),
        ("pulumi_aws", "aws:ecr/repository:Repository", "ecr", "Repository"),
    ],
)
def test_what_was_read_leaves_the_package_whole(package: str, token: str, module: str, name: str) -> None:
    """An SDK's packages are lazy: one that loads while a file of it does would lack that file's classes."""
    program = (
        "from tests.simulated.sdk import Sdk\n"
        f"Sdk({package!r}).resource({token!r})\n"
        f"import {package}\n"
        f"print({package}.{module}.{name}.__name__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.stdout.strip(), done.stderr) == (name, "")
