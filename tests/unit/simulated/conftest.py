"""A made-up Pulumi SDK package, laid out as the generator lays out a real one."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulated.sdk import Sdk

# Running it is the mistake that reading an SDK lightly must not make.
_INIT = '''
import os
if os.environ.get("TOY_MUST_NOT_RUN"):
    raise AssertionError("the package's own __init__ ran")
resource_modules="""
[
 {"pkg": "toy", "mod": "shop/toyBox", "fqn": "pulumi_toy.shop", "classes": {"toy:shop/toyBox:ToyBox": "ToyBox"}},
 {"pkg": "toy", "mod": "shop/all", "fqn": "pulumi_toy.shop", "classes": {"toy:shop/all:Lid": "Lid"}}
]
"""
'''
_SHOP = """
from .toy_box import *
"""
_INPUTS = """
import pulumi
from typing import Optional

@pulumi.input_type
class WheelArgs:
    def __init__(__self__, *, size_in_mm: pulumi.Input[int], spare: pulumi.Input[Optional[bool]] = None):
        pulumi.set(__self__, "size_in_mm", size_in_mm)
        if spare is not None:
            pulumi.set(__self__, "spare", spare)

    @property
    @pulumi.getter(name="sizeInMm")
    def size_in_mm(self) -> pulumi.Input[int]:
        return pulumi.get(self, "size_in_mm")

    @property
    @pulumi.getter
    def spare(self) -> pulumi.Input[Optional[bool]]:
        return pulumi.get(self, "spare")
"""
_TOY_BOX = """
import builtins as _builtins
import enum
import pulumi
from typing import Any, Mapping, Optional, Sequence, Union
from .. import neighbour as _neighbour
from ._inputs import *

class Colour(str, enum.Enum):
    RED = "red"
    BLUE = "blue"

@pulumi.input_type
class ToyBoxArgs:
    def __init__(__self__, *,
                 colour: pulumi.Input['Colour'],
                 name: pulumi.Input[Optional[_builtins.str]] = None,
                 weight: pulumi.Input[Optional[_builtins.float]] = None,
                 wheels: pulumi.Input[Optional[Sequence[pulumi.Input['WheelArgs']]]] = None,
                 labels: pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]] = None,
                 picture: pulumi.Input[Optional[Union[pulumi.Asset, pulumi.Archive]]] = None,
                 inside: pulumi.Input[Optional['ToyBox']] = None,
                 rest: Optional[Any] = None,
                 either: pulumi.Input[Optional[Union[_builtins.str, 'WheelArgs']]] = None):
        pass

    @property
    @pulumi.getter
    def colour(self) -> pulumi.Input['Colour']: return pulumi.get(self, "colour")

    @property
    @pulumi.getter
    def name(self) -> pulumi.Input[Optional[_builtins.str]]: return pulumi.get(self, "name")

    @property
    @pulumi.getter
    def weight(self) -> pulumi.Input[Optional[_builtins.float]]: return pulumi.get(self, "weight")

    @property
    @pulumi.getter
    def wheels(self) -> pulumi.Input[Optional[Sequence[pulumi.Input['WheelArgs']]]]: return pulumi.get(self, "wheels")

    @property
    @pulumi.getter
    def labels(self) -> pulumi.Input[Optional[Mapping[str, pulumi.Input[_builtins.str]]]]:
        return pulumi.get(self, "labels")

    @property
    @pulumi.getter
    def picture(self) -> pulumi.Input[Optional[Union[pulumi.Asset, pulumi.Archive]]]: return pulumi.get(self, "picture")

    @property
    @pulumi.getter
    def inside(self) -> pulumi.Input[Optional['ToyBox']]: return pulumi.get(self, "inside")

    @property
    @pulumi.getter
    def rest(self) -> Optional[Any]: return pulumi.get(self, "rest")

    @property
    @pulumi.getter
    def either(self) -> pulumi.Input[Optional[Union[_builtins.str, 'WheelArgs']]]: return pulumi.get(self, "either")

class ToyBox(pulumi.CustomResource):
    @property
    @pulumi.getter
    def colour(self) -> pulumi.Output['Colour']: return pulumi.get(self, "colour")

    @property
    @pulumi.getter(name="serialNumber")
    def serial_number(self) -> pulumi.Output[_builtins.int]: return pulumi.get(self, "serial_number")

    @property
    @pulumi.getter(name="madeIn")
    def made_in(self) -> pulumi.Output[Optional[_builtins.str]]: return pulumi.get(self, "made_in")

class Lid(pulumi.CustomResource):
    pass
"""

TOY_BOX = "toy:shop/toyBox:ToyBox"


def _forget() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pulumi_toy"]:
        del sys.modules[name]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Writes the package and makes it importable; returns its folder."""
    package = tmp_path / "site" / "pulumi_toy"
    files = {
        "__init__.py": _INIT,
        "shop/__init__.py": _SHOP,
        "shop/_inputs.py": _INPUTS,
        "shop/toy_box.py": _TOY_BOX,
        "neighbour/__init__.py": "raise AssertionError('a neighbour ran that nobody asked')\n",
    }
    for name, text in files.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.setenv("TOY_MUST_NOT_RUN", "1")
    yield package
    _forget()


@pytest.fixture
def sdk(toy: Path) -> Sdk:
    """The made-up SDK, read lightly."""
    return Sdk("pulumi_toy", light=True)
