"""The gRPC service that the engine speaks with: requests into plain values, answers and errors back.

Owns: the protocol. Does not own: what a request leads to (`lifecycle`).
"""

import json
import sys
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from tests.simulated.behaviour import CloudError
from tests.simulated.checker import Mistake
from tests.simulated.difference import Kind, changes
from tests.simulated.lifecycle import Lifecycle, Naming, Resource, UnfinishedError
from tests.simulated.wire import decode_properties, encode_properties, without_secrets

MESSAGE_LIMIT = 400 * 1024 * 1024
"""Bytes; the engine's own limit."""

_ENGINE_SECONDS = 5.0
_UNFINISHED = "type.googleapis.com/pulumirpc.ErrorResourceInitFailed"

_Diff = provider_pb2.PropertyDiff
_KINDS = {
    (Kind.ADD, False): _Diff.ADD,
    (Kind.ADD, True): _Diff.ADD_REPLACE,
    (Kind.DELETE, False): _Diff.DELETE,
    (Kind.DELETE, True): _Diff.DELETE_REPLACE,
    (Kind.UPDATE, False): _Diff.UPDATE,
    (Kind.UPDATE, True): _Diff.UPDATE_REPLACE,
}

_Method = TypeVar("_Method", bound=Callable[..., Any])


def _answering(method: _Method) -> _Method:
    """Turns what a method raises into the error that the engine shows, without any secret of the request."""

    @wraps(method)
    def guarded(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except UnfinishedError as error:
            message = _clean(str(error), request)
            context.set_trailing_metadata((("grpc-status-details-bin", _unfinished(error, message)),))
            context.abort(grpc.StatusCode.UNKNOWN, message)
        except CloudError as error:
            context.abort(grpc.StatusCode.UNKNOWN, _clean(str(error), request))
        except ValueError as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, _clean(str(error), request))
        except Exception as error:  # noqa: BLE001  # a mistake of the simulation must reach the test that met it
            places = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)[-4:]))
            message = f"the simulation itself failed: {type(error).__name__}: {error}\n{places}"
            context.abort(grpc.StatusCode.INTERNAL, _clean(message, request))

    return cast(_Method, guarded)


def _unfinished(error: UnfinishedError, message: str) -> bytes:
    """The detail from which the engine learns that the resource exists all the same."""
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.state.id,
        properties=encode_properties(error.state.properties),
        inputs=encode_properties(error.inputs),
        reasons=[message],
    )
    packed = any_pb2.Any(type_url=_UNFINISHED, value=detail.SerializeToString())
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[packed])
    return status.SerializeToString()


def _clean(message: str, request: Any) -> str:
    held = [
        decode_properties(getattr(request, field.name))
        for field in request.DESCRIPTOR.fields
        if field.message_type is not None and field.message_type.full_name == "google.protobuf.Struct"
    ]
    return without_secrets(message, *held)


class ProviderService(provider_pb2_grpc.ResourceProviderServicer):
    """One simulated provider, as the engine sees it."""

    def __init__(self, lifecycle: Lifecycle, version: str, engine: str) -> None:
        self._lifecycle = lifecycle
        self._version = version
        self._engine = engine
        self._said = False

    @_answering
    def Handshake(
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=True, accept_outputs=True, supports_autonaming_configuration=True
        )

    @_answering
    def GetPluginInfo(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=self._version)

    @_answering
    def GetSchema(
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        schema = {"name": self._lifecycle.provider.name, "version": self._version, "description": "SIMULATED"}
        return provider_pb2.GetSchemaResponse(schema=json.dumps(schema))

    @_answering
    def CheckConfig(
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        inputs = decode_properties(request.news)
        mistakes = self._lifecycle.check_config(inputs)
        return provider_pb2.CheckResponse(inputs=encode_properties(inputs), failures=_failures(mistakes))

    @_answering
    def DiffConfig(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        found = changes(decode_properties(request.old_inputs), decode_properties(request.news))
        return provider_pb2.DiffResponse(
            changes=_some(bool(found)), diffs=sorted({change.property for change in found})
        )

    @_answering
    def Configure(
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        self._lifecycle.configure(decode_properties(request.args))
        self._say_once()
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            acceptResources=True,
            acceptOutputs=True,
            supportsPreview=True,
            supports_autonaming_configuration=True,
        )

    @_answering
    def Check(self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext) -> provider_pb2.CheckResponse:
        autonaming = request.autonaming
        naming = Naming(
            seed=request.randomSeed,
            proposed=autonaming.proposed_name,
            disabled=request.HasField("autonaming") and autonaming.mode == autonaming.DISABLE,
        )
        inputs, mistakes = self._lifecycle.check(
            _resource(request), decode_properties(request.olds), decode_properties(request.news), naming
        )
        return provider_pb2.CheckResponse(inputs=encode_properties(inputs), failures=_failures(mistakes))

    @_answering
    def Diff(self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext) -> provider_pb2.DiffResponse:
        found = self._lifecycle.diff(
            _resource(request),
            decode_properties(request.olds),
            decode_properties(request.old_inputs),
            decode_properties(request.news),
        )
        return provider_pb2.DiffResponse(
            changes=_some(bool(found.changes)),
            diffs=sorted({change.property for change in found.changes}),
            replaces=found.replaces,
            deleteBeforeReplace=found.delete_first,
            stables=found.stable,
            hasDetailedDiff=True,
            detailedDiff={
                change.path: _Diff(kind=_KINDS[change.kind, change.property in found.replaces], inputDiff=True)
                for change in found.changes
            },
        )

    @_answering
    def Create(self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext) -> provider_pb2.CreateResponse:
        inputs = decode_properties(request.properties)
        state = self._lifecycle.create(_resource(request), inputs, preview=request.preview)
        return provider_pb2.CreateResponse(id=state.id, properties=encode_properties(state.properties))

    @_answering
    def Read(self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext) -> provider_pb2.ReadResponse:
        found = self._lifecycle.read(
            _resource(request), request.id, decode_properties(request.properties), decode_properties(request.inputs)
        )
        if found is None:
            return provider_pb2.ReadResponse()
        inputs, properties = found
        return provider_pb2.ReadResponse(
            id=request.id, properties=encode_properties(properties), inputs=encode_properties(inputs)
        )

    @_answering
    def Update(self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext) -> provider_pb2.UpdateResponse:
        properties = self._lifecycle.update(
            _resource(request),
            request.id,
            decode_properties(request.olds),
            decode_properties(request.news),
            preview=request.preview,
        )
        return provider_pb2.UpdateResponse(properties=encode_properties(properties))

    @_answering
    def Delete(self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext) -> empty_pb2.Empty:
        self._lifecycle.delete(_resource(request), request.id, decode_properties(request.properties))
        return empty_pb2.Empty()

    @_answering
    def Invoke(self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext) -> provider_pb2.InvokeResponse:
        answer = self._lifecycle.invoke(request.tok, decode_properties(request.args))
        response = provider_pb2.InvokeResponse()
        getattr(response, "return").CopyFrom(encode_properties(answer))
        return response

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:
        # Nothing runs long enough to be worth breaking off.
        return empty_pb2.Empty()

    def GetMapping(
        self, request: provider_pb2.GetMappingRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetMappingResponse:
        return provider_pb2.GetMappingResponse()

    def GetMappings(
        self, request: provider_pb2.GetMappingsRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetMappingsResponse:
        return provider_pb2.GetMappingsResponse()

    def Parameterize(self, request: provider_pb2.ParameterizeRequest, context: grpc.ServicerContext) -> Any:
        self._unimplemented(context, "take parameters")

    def Construct(self, request: provider_pb2.ConstructRequest, context: grpc.ServicerContext) -> Any:
        self._unimplemented(context, "have components")

    def Call(self, request: provider_pb2.CallRequest, context: grpc.ServicerContext) -> Any:
        self._unimplemented(context, "have methods")

    def List(self, request: provider_pb2.ListRequest, context: grpc.ServicerContext) -> Any:
        self._unimplemented(context, "list resources")

    def Attach(self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext) -> Any:
        self._unimplemented(context, "attach to a debugger")

    def _unimplemented(self, context: grpc.ServicerContext, what: str) -> None:
        context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the simulated {self._lifecycle.provider.name} does not {what}")

    def _say_once(self) -> None:
        """Tells the person who reads the engine's output that none of it is real."""
        if self._said:
            return
        self._said = True
        message = f"SIMULATED {self._lifecycle.provider.name}: its resources are entries in a file on this machine"
        try:
            with grpc.insecure_channel(self._engine, options=[("grpc.enable_http_proxy", 0)]) as channel:
                engine_pb2_grpc.EngineStub(channel).Log(
                    engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message), timeout=_ENGINE_SECONDS
                )
        except grpc.RpcError:
            # Whatever became of the engine's log: the engine also shows what a provider writes here.
            print(message, file=sys.stderr, flush=True)


def _resource(request: Any) -> Resource:
    return Resource(request.type, request.name)


def _some(changed: bool) -> provider_pb2.DiffResponse.DiffChanges.ValueType:
    return provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE


def _failures(mistakes: list[Mistake]) -> list[provider_pb2.CheckFailure]:
    # The path stands in the reason. In the field meant for it the engine would print the value too, secret or not.
    return [provider_pb2.CheckFailure(reason=str(mistake)) for mistake in mistakes]
