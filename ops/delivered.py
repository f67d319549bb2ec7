"""What was delivered to the builder: read as the builder reads it, and judged before use.

Owns: finding the `.env`, reading it or the environment, and reporting every mistake in one go.
Does not own writing it (delivery), nor trying whether the values work (verify).
"""

import io
import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from contract.image import Registry
from contract.kinds import Auth
from contract.problem import Problem, Problems, printable
from contract.variables import BUILDER_VARIABLES, SECRET_NAMES, Name, in_order
from oci.authority import Authority, authority
from oci.credential import Credential
from oci.keychain import auth_of, credential, mistakes
from oci.no_credential import NoCredentialError

_PROJECT_FILE = "Pulumi.yaml"
_ENV_FILE = ".env"
_LONGEST_FILE = 1 << 20
_ENVIRONMENT = "the environment"
OUTPUTS = "the stack's outputs"
_NAMES = frozenset(str(variable.name) for variable in BUILDER_VARIABLES)


@dataclass(frozen=True)
class Delivered:
    """The builder's variables as they were found, in the contract's order; `repr` shows no value."""

    source: str
    """Where they are from, as a person would look for it."""
    values: Mapping[str, str] = field(repr=False)
    warnings: tuple[Problem, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)
    """The line of each variable, where they come from a file."""
    unprovable: str = ""
    """Why nobody here can log in with them, which is no fault of theirs; empty where somebody can."""

    def place(self, name: str) -> str:
        """Where `name` stands, or should stand."""
        line = self.lines.get(name)
        return f"{self.source}{f':{line}' if line else ''} {name}"


@dataclass(frozen=True)
class Login:
    """The delivered registry and a credential that lets one in now: the stored one, or a token just fetched."""

    registry: Registry
    credential: Credential
    authority: Authority | None


class NoTokenError(Problems):
    """The delivered values are sound, and yet no token was to be had for them."""

    def __init__(self, problem: Problem, *, unreachable: bool) -> None:
        super().__init__("No token could be fetched for the registry", [problem])
        self.unreachable = unreachable
        """Whether nobody answered, which is not a refusal."""


def find_env_file(start: Path) -> Path:
    """The `.env` of the project that `start` lies in (the nearest folder with Pulumi.yaml), else of `start`."""
    for folder in (start, *start.parents):
        if (folder / _PROJECT_FILE).is_file():
            return folder / _ENV_FILE
    return start / _ENV_FILE


def from_environment(environment: Mapping[str, str]) -> Delivered:
    """The builder's variables out of `environment`; all others are left alone."""
    return Delivered(_ENVIRONMENT, {name: environment[name] for name in in_order(_NAMES & environment.keys())})


def from_outputs(text: str) -> Delivered:
    """The builder's variables out of a stack's outputs as JSON, secrets shown; raises Problems without a value."""
    source, mend = OUTPUTS, "pipe `pulumi stack output -s <stack> --json --show-secrets` into it"
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    outputs: Mapping[str, object] = found if isinstance(found, dict) else {}
    values = outputs.get("builder_env")
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        problem = Problem(source, "have no `builder_env` with the builder's variables", mend)
    elif "[secret]" in values.values():
        problem = Problem(source, "are masked", mend)
    else:
        named = {name: values[name] for name in in_order(_NAMES & values.keys())}
        return Delivered(source, named, unprovable=_unprovable(outputs))
    # Outside the handler: the error itself holds the text.
    raise Problems("The delivered values cannot be read", [problem])


def from_file(path: Path) -> Delivered:
    """The builder's variables out of a dotenv file, without interpolation; raises Problems."""
    text = _text(path)
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for binding in parse_stream(io.StringIO(text)):
        if binding.error:
            # Not shown: it may be half a password.
            problems.append(
                Problem(
                    f"{path}:{binding.original.line}", "is no `NAME=value` line", "mend the line's quotes, or remove it"
                )
            )
        elif binding.key in _NAMES:
            values[binding.key] = binding.value or ""
            # The parser counts a binding from the blank lines before it.
            blank = len(binding.original.string) - len(binding.original.string.lstrip("\r\n"))
            lines[binding.key] = binding.original.line + binding.original.string[:blank].count("\n")
    if problems:
        raise Problems(f"{path} cannot be read", problems)
    return Delivered(str(path), {name: values[name] for name in in_order(values)}, tuple(_exposed(path, values)), lines)


def _unprovable(outputs: Mapping[str, object]) -> str:
    if outputs.get("SIMULATED") is True:
        return "the clouds are simulated: there is no registry to speak to"
    registries = outputs.get("registries")
    told = [each for each in registries.values() if isinstance(each, dict)] if isinstance(registries, dict) else []
    if any(each.get("auth") == Auth.GITHUB_TOKEN and each.get("registry") == outputs.get("registry") for each in told):
        return "no credential is delivered: the builder's workflow pushes with the token that GitHub makes for its run"
    return ""


def login_of(delivered: Delivered, *, as_role: bool = False) -> Login:
    """What is needed to log in; raises Problems with everything that is missing or malformed.

    Where the registry takes a token, one is fetched, with the caller's own credentials or `as_role`; raises
    NoTokenError where that fails.
    """
    problems: list[Problem] = []
    registry = _registry(delivered, problems)
    stored = auth_of(delivered.values) is Auth.STATIC
    if stored:
        _check_stored(delivered, problems)
    else:
        problems.extend(
            _problem(delivered, mistake)
            for mistake in mistakes(delivered.values, as_role=as_role)
            if registry is not None or mistake.variable != Name.DOCKER_REGISTRY
        )
    if stored and as_role:
        problems.append(
            Problem(
                delivered.place(Name.DOCKER_REGISTRY_PASSWORD),
                "is a stored password, which no role fetches",
                "leave out --as-role",
            )
        )
    trusted = _authority(delivered, problems)
    if registry is None or problems:
        raise Problems("The delivered values cannot be used to log in", problems)
    try:
        return Login(registry, credential(delivered.values, as_role=as_role), trusted)
    except NoCredentialError as error:
        failure = NoTokenError(_problem(delivered, error), unreachable=error.unreachable)
    # Outside the handler: nothing of what was asked for hangs on to the message.
    raise failure


def _registry(delivered: Delivered, problems: list[Problem]) -> Registry | None:
    text = delivered.values.get(Name.DOCKER_REGISTRY, "")
    where = delivered.place(Name.DOCKER_REGISTRY)
    if not text:
        problems.append(
            Problem(
                where, "is missing or empty", "run `pulumi up`, which delivers it, or name another file by --env-file"
            )
        )
        return None
    try:
        return Registry.parse(text)
    except ValueError as error:
        problems.append(
            Problem(where, f"{printable(text)!r} {error}", "write <host>/<namespace>, such as ghcr.io/my-name")
        )
        return None


def _check_stored(delivered: Delivered, problems: list[Problem]) -> None:
    pair = {
        name: delivered.values.get(name, "") for name in (Name.DOCKER_REGISTRY_USERNAME, Name.DOCKER_REGISTRY_PASSWORD)
    }
    for name, value in pair.items():
        if not value:
            problems.append(
                Problem(delivered.place(name), "is missing or empty", "run `pulumi up` to deliver both again")
            )
        elif not value.isprintable() or value != value.strip():
            problems.append(
                Problem(
                    delivered.place(name),
                    "has a line break, another control character or a space at an end",
                    "deliver it again without; a copied token often ends in a line break",
                    "a registry takes it for another value and refuses it",
                )
            )
    if ":" in pair[Name.DOCKER_REGISTRY_USERNAME]:
        problems.append(
            Problem(
                delivered.place(Name.DOCKER_REGISTRY_USERNAME),
                "has a ':'",
                "choose a user name without",
                "HTTP Basic would cut it there",
            )
        )


def _problem(delivered: Delivered, reason: NoCredentialError) -> Problem:
    where = delivered.place(reason.variable) if reason.variable else delivered.source
    return Problem(where, reason.what, reason.mend, reason.consequence)


def _authority(delivered: Delivered, problems: list[Problem]) -> Authority | None:
    try:
        trusted = authority(delivered.values)
    except ValueError as error:
        problems.append(
            Problem(
                delivered.place(Name.DOCKER_REGISTRY_CA), str(error), "run `pulumi up`, which delivers it whole, again"
            )
        )
        return None
    if isinstance(trusted, Path) and not trusted.is_file():
        problems.append(
            Problem(
                delivered.place(Name.DOCKER_REGISTRY_CA_FILE),
                f"{printable(str(trusted))!r} is no file",
                "run `pulumi up` to write it again, or correct the path",
            )
        )
    return trusted


def _text(path: Path) -> str:
    mend = "run `pulumi up`, which delivers it, or name another by --env-file, or use --from-environment"
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_FILE + 1)
    except OSError as error:
        raise Problems(
            "The delivered values cannot be read", [Problem(str(path), error.strerror or "", mend)]
        ) from None
    if len(content) > _LONGEST_FILE:
        what = f"is larger than {_LONGEST_FILE} bytes"
        raise Problems("The delivered values cannot be read", [Problem(str(path), what, mend)])
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problem = Problem(f"{path}:{line}", "is not UTF-8", "save the file as UTF-8")
    # Outside the handler: the error itself holds the whole file.
    raise Problems("The delivered values cannot be read", [problem])


def _exposed(path: Path, values: Mapping[str, str]) -> Iterator[Problem]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077 and SECRET_NAMES & values.keys():
        yield Problem(
            str(path),
            f"has mode {mode:04o}",
            f"chmod 600 {path}",
            "others on this machine may read or change the registry's password",
        )
