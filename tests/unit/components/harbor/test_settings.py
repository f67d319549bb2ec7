"""What kind `harbor` may be told: each mistake with its consequence and its mend, and no secret shown."""

import pytest

from components.harbor import versions
from components.harbor.settings import HarborSettings
from contract.kinds import Auth, Kind
from tests.unit.stack.reading import mistake, mistakes, parse

CANARY = "c4n4ry-harbor-77"
VM = {"kind": "ec2", "account": "210987654321", "region": "eu-central-1"}
CLUSTER = {"context": "prod", "ingress": {"class": "nginx", "certManagerIssuer": "letsencrypt"}}
COMPUTE_ENGINE = {"kind": "compute-engine", "project": "acme-prod", "zone": "europe-west1-b"}
LETS_ENCRYPT = {"mode": "lets-encrypt", "email": "platform@acme.example"}
OUTSIDE = {
    "database": {"host": "db.acme.example", "password": CANARY},
    "redis": {"host": "redis.acme.example", "password": CANARY},
    "storage": {"kind": "s3", "bucket": "acme-registry", "region": "eu-central-1"},
}
CHAIN = "-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n"


def config(**block: object) -> dict[str, object]:
    least = {"kind": "harbor", "host": "registry.acme.example", "vm": VM, "tls": LETS_ENCRYPT}
    told = {key: value for key, value in {**least, **block}.items() if value is not None}
    return {"environment": "prod", "registries": {"main": told}}


def read(**block: object) -> HarborSettings:
    found = parse(config(**block), stack="prod", secret={"registries"}).registries["main"]
    assert isinstance(found, HarborSettings)
    return found


def test_host_server_and_certificate_are_enough() -> None:
    found = read()
    assert (found.kind, found.builder_auth(), found.namespace) == (Kind.HARBOR, Auth.STATIC, "snapdeploy-apps")
    assert found.version == versions.default()
    assert len(found.installer_sha256) == 64
    assert (found.backed_up.at, found.backed_up.days, found.backed_up.bucket) == ("02:15", 30, None)


@pytest.mark.parametrize(
    ("block", "where", "what"),
    [
        ({"host": "10.0.0.7"}, "host", "is an address"),
        ({"host": "10.0.0.7:443"}, "host", "is an address"),
        ({"host": "2001:db8::1"}, "host", "is an address"),
        ({"host": "localhost"}, "host", "own name"),
        ({"host": "registry"}, "host", "not a host's name"),
        ({"host": "https://registry.acme.example"}, "host", "not a host's name"),
        ({"host": "registry.acme.example:443"}, "host", "not a host's name"),
        ({"host": "Registry.acme.example"}, "host", "not a host's name"),
        ({"host": None}, "host", "is missing"),
        ({"namespace": "team/apps"}, "namespace", "more than one part"),
        ({"namespace": "library"}, "namespace", "comes with"),
        ({"version": "2.10.0"}, "version", "2.15.x, 2.14.x, 2.13.x"),
        ({"version": "v2.15.2"}, "version", "not a version like"),
        ({"version": "2.14.4"}, "version", "`sha256` is missing"),
        ({"sha256": "0" * 64}, "sha256", "is not the checksum"),
        ({"sha256": "abc"}, "sha256", "no SHA-256"),
        ({"vm": None}, "mode", "no `vm` block"),
        ({"vm": {"kind": "azure"}}, "vm.kind", "has to be one of"),
        ({"kubernetes": CLUSTER}, "kubernetes", "but `mode` is `vm`"),
        ({"tls": None}, "tls", "is missing"),
        ({"tls": {"mode": "none"}}, "tls.mode", "has to be one of"),
        ({"tls": {"mode": "lets-encrypt", "email": "platform"}}, "tls.email", "e-mail"),
        ({"tls": {**LETS_ENCRYPT, "challenge": "dns"}}, "tls.challenge", "zone"),
        ({"tls": {"mode": "given", "chain": "fullchain.pem", "key": "PRIVATE KEY-----"}}, "tls.chain", "in PEM"),
        ({"tls": {"mode": "given", "chain": CHAIN, "key": CANARY}}, "tls.key", "in PEM"),
        ({"storage": {"kind": "gcs"}}, "storage.kind", "`kind: compute-engine`"),
        ({"storage": {"kind": "s3", "bucket": "Acme.Registry"}}, "storage.bucket", "not a bucket's name"),
        ({"vm": COMPUTE_ENGINE, "storage": {"kind": "s3"}}, "storage.kind", "`kind: ec2`"),
        ({"database": {"host": "db:5432", "password": CANARY}}, "database.host", "is not a host"),
        ({"database": {"host": "db", "password": "root123"}}, "database.password", "own examples"),
        ({"redis": {"host": "redis", "password": "changeit"}}, "redis.password", "own examples"),
        ({"database": {"host": "db", "password": "Harbor12345"}}, "database.password", "own examples"),
        ({"database": {"host": "db", "password": "not-a-secure-key"}}, "database.password", "own examples"),
        ({"database": {"host": "db", "password": CANARY, "sslmode": "disable"}}, "database.sslmode", "one of"),
        ({"backup": {"at": "24:00"}}, "backup.at", "time of day"),
        ({"backup": {"days": 0}}, "backup.days", "at least 1"),
        ({"adminLogin": False}, "adminLogin", "the one login"),
        ({"timeoutMinutes": 1}, "timeoutMinutes", "at least 5"),
    ],
)
def test_what_could_not_work_is_refused_at_its_place(block: dict[str, object], where: str, what: str) -> None:
    problem = mistake(config(**block), stack="prod", secret={"registries.main.database.password"})
    assert problem.where.endswith(f"registries.main.{where}"), problem
    assert what in problem.what, problem
    assert problem.mend
    assert CANARY not in str(problem)


def test_a_cluster_needs_everything_that_holds_data_outside_of_it_and_all_is_said_at_once() -> None:
    found = mistakes(config(mode="kubernetes", kubernetes={**CLUSTER, "replicas": 3}, backup={}), stack="prod")
    said = " ".join(problem.what for problem in found)
    for word in ("`mode` is `kubernetes`", "one pod with a disk", "a bucket", "backups of their own"):
        assert word in said, (word, said)
    places = {problem.where.rpartition("registries.main.")[2] for problem in found}
    assert places == {"vm", "database", "redis", "storage", "backup"}


def test_a_cluster_with_all_that_outside_of_it_is_taken() -> None:
    found = read(mode="kubernetes", vm=None, kubernetes=CLUSTER, **OUTSIDE)
    assert found.kubernetes is not None
    no_region = mistake(
        config(
            mode="kubernetes", vm=None, kubernetes=CLUSTER, **{**OUTSIDE, "storage": {"kind": "s3", "bucket": "acme"}}
        ),
        stack="prod",
        secret={"registries"},
    )
    assert "region" in no_region.what


def test_a_checksum_makes_a_version_usable_that_has_none() -> None:
    found = read(version="2.14.4", sha256="a" * 64)
    assert found.installer_sha256 == "a" * 64


def test_secrets_are_never_shown() -> None:
    key = f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n"
    found = read(tls={"mode": "given", "chain": CHAIN, "key": key}, **OUTSIDE)
    assert CANARY not in f"{found} {found!r} {found.model_dump()} {found.model_dump_json()}"
