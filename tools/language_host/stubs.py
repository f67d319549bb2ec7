"""The SDK's generated gRPC stubs, without the SDK around them.

`import pulumi.runtime.proto` runs `pulumi/__init__.py` first, and that takes a third of a
second that every command would wait for. The stubs themselves need nothing of it, so their
two parent packages are stood in for by empty ones. Only for a process that uses no more
of Pulumi than this.
"""

import sys
from importlib.machinery import PathFinder
from types import ModuleType

_spec = PathFinder.find_spec("pulumi")
if _spec is None or not _spec.submodule_search_locations:
    raise ImportError("the virtual environment has no 'pulumi' package; mend: make setup")
for _name, _tail in (("pulumi", ""), ("pulumi.runtime", "/runtime")):
    _package = ModuleType(_name)
    _package.__path__ = [f"{_spec.submodule_search_locations[0]}{_tail}"]
    sys.modules[_name] = _package

from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2"]
