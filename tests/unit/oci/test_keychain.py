"""What the builder's variables say of how one gets in, judged without asking anybody."""

import subprocess
import sys
from pathlib import Path

import pytest

from contract.kinds import Auth
from oci import ecr, google, keychain
from oci.credential import Credential
from oci.no_credential import NoCredentialError

ROOT = Path(__file__).resolve().parents[3]
CANARY = "canary-keychain-31"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
ECR = {"DOCKER_REGISTRY": f"{HOST}/apps", "AWS_REGION": "us-east-1", "AWS_ACCOUNT_ID": "123456789012"}
BUILDER = "snapdeploy-prod-main@my-project.iam.gserviceaccount.com"
GOOGLE = {"DOCKER_REGISTRY": "europe-west1-docker.pkg.dev/my-project/apps", "GOOGLE_SERVICE_ACCOUNT": BUILDER}
ROLE = "arn:aws:iam::123456789012:role/snapdeploy/builder"


def told(variables: dict[str, str], *, as_role: bool = False) -> list[str]:
    """What is wrong, each as `<variable> <what>`; a value that is secret must never be among it."""
    found = list(keychain.mistakes(variables, as_role=as_role))
    assert CANARY not in " ".join(f"{mistake} {mistake!r} {mistake.args}" for mistake in found)
    return [f"{mistake.variable} {mistake.what}" for mistake in found]


@pytest.mark.parametrize(
    ("variables", "auth"),
    [
        ({"DOCKER_REGISTRY_USERNAME": "b", "DOCKER_REGISTRY_PASSWORD": "p"}, Auth.STATIC),
        ({"DOCKER_REGISTRY_PASSWORD": "p", "AWS_REGION": "us-east-1"}, Auth.STATIC),
        (ECR, Auth.ECR),
        ({"DOCKER_REGISTRY": f"{HOST}/apps"}, Auth.ECR),
        ({"DOCKER_REGISTRY": "example.com/apps", "AWS_ACCOUNT_ID": "123456789012"}, Auth.ECR),
        (GOOGLE, Auth.GOOGLE),
        ({"DOCKER_REGISTRY": "europe-docker.pkg.dev/p/apps", "AWS_REGION": "us-east-1"}, Auth.GOOGLE),
        ({"DOCKER_REGISTRY": "127.0.0.1:5000/apps", "GOOGLE_SERVICE_ACCOUNT": BUILDER}, Auth.GOOGLE),
        ({"DOCKER_REGISTRY": "example.com/apps"}, None),
        ({}, None),
    ],
)
def test_the_variables_say_how_one_gets_in(variables: dict[str, str], auth: Auth | None) -> None:
    assert keychain.auth_of(variables) is auth


def test_a_stored_password_is_the_credential() -> None:
    stored = {"DOCKER_REGISTRY_USERNAME": "b", "DOCKER_REGISTRY_PASSWORD": CANARY}
    assert keychain.credential(stored) == Credential("b", CANARY)
    with pytest.raises(NoCredentialError, match="DOCKER_REGISTRY_USERNAME is missing or empty"):
        keychain.credential({**stored, "DOCKER_REGISTRY_USERNAME": ""})


@pytest.mark.parametrize(
    ("host", "account", "region", "fips", "dual_stack"),
    [
        (HOST, "123456789012", "us-east-1", False, False),
        ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "123456789012", "us-gov-west-1", True, False),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "123456789012", "cn-north-1", False, False),
        ("123456789012.dkr-ecr.eu-central-1.on.aws", "123456789012", "eu-central-1", False, True),
        ("123456789012.dkr-ecr-fips.us-east-1.on.aws", "123456789012", "us-east-1", True, True),
    ],
)
def test_a_host_of_ecr_says_whose_it_is(host: str, account: str, region: str, fips: bool, dual_stack: bool) -> None:
    assert ecr.host_of(host) == ecr.Host(account, region, fips, dual_stack)
    assert ecr.place_mistake(host, account, region) is None


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        f"{HOST}.example.com",
        f"{HOST}:443",
        f"evil-{HOST}",
        "123456789012.dkr.ecr.us-east-1.amazonaws.com.evil",
        "123456789012.dkr.ecr.us-east-1.amazonawsxcom",
        "123456789012.dkr.ecr.us-east-1.evil.com/.amazonaws.com",
        "public.ecr.aws",
        "1234567890123.dkr.ecr.us-east-1.amazonaws.com",
    ],
)
def test_no_token_is_fetched_for_a_host_that_is_not_ecrs(host: str) -> None:
    assert ecr.host_of(host) is None
    mistake = ecr.place_mistake(host, "123456789012", "us-east-1")
    assert mistake is not None
    assert "would have been sent there" in str(mistake)


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost:5000"])
def test_this_machine_may_stand_in_for_ecr(host: str) -> None:
    assert ecr.place_mistake(host, "123456789012", "us-east-1") is None


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"AWS_REGION": ""}, ["AWS_REGION is missing or empty"]),
        ({"AWS_REGION": "", "AWS_ACCOUNT_ID": ""}, ["AWS_REGION is missing", "AWS_ACCOUNT_ID is missing"]),
        ({"AWS_REGION": "us-east"}, ["AWS_REGION is not the name of an AWS region"]),
        ({"AWS_REGION": "us-east-1.evil.com/"}, ["AWS_REGION is not the name of an AWS region"]),
        ({"AWS_ACCOUNT_ID": "123"}, ["AWS_ACCOUNT_ID is not an AWS account id"]),
        ({"AWS_ACCOUNT_ID": "210987654321"}, ["AWS_ACCOUNT_ID is 210987654321, but DOCKER_REGISTRY names"]),
        ({"AWS_REGION": "eu-west-1"}, ["AWS_REGION is eu-west-1, but DOCKER_REGISTRY names the registry of us-east-1"]),
        ({"DOCKER_REGISTRY": "example.com/apps"}, ["DOCKER_REGISTRY names the host example.com, which is no registry"]),
        ({"DOCKER_REGISTRY": HOST}, ["DOCKER_REGISTRY has no namespace"]),
        ({"AWS_ACCESS_KEY_ID": CANARY}, ["AWS_SECRET_ACCESS_KEY is missing"]),
        ({"AWS_SECRET_ACCESS_KEY": CANARY}, ["AWS_ACCESS_KEY_ID is missing"]),
        (
            {"AWS_ACCESS_KEY_ID": f"{CANARY}\n", "AWS_SECRET_ACCESS_KEY": f" {CANARY}"},
            ["AWS_ACCESS_KEY_ID has a space, a line break", "AWS_SECRET_ACCESS_KEY has a space"],
        ),
        ({"AWS_ACCESS_KEY_ID": "ключ", "AWS_SECRET_ACCESS_KEY": CANARY}, ["AWS_ACCESS_KEY_ID has a space"]),
        ({"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": CANARY}, []),
        ({"AWS_ROLE_ARN": "nonsense"}, []),
    ],
)
def test_each_mistake_is_named(changed: dict[str, str], expected: list[str]) -> None:
    found = told({**ECR, **changed})
    assert len(found) == len(expected), found
    for what, part in zip(found, expected, strict=True):
        assert what.startswith(part)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (ROLE, []),
        ("", ["AWS_ROLE_ARN is missing"]),
        ("snapdeploy", ["AWS_ROLE_ARN 'snapdeploy' is not the ARN of a role"]),
        ("arn:aws:iam::123456789012:user/x", ["AWS_ROLE_ARN 'arn:aws:iam::123456789012:user/x' is not the ARN"]),
        (ROLE.replace("123456789012", "210987654321"), ["AWS_ROLE_ARN names a role of account 210987654321"]),
    ],
)
def test_a_role_counts_where_it_is_asked_for(role: str, expected: list[str]) -> None:
    assert told({**ECR, "AWS_ROLE_ARN": role}) == []
    found = told({**ECR, "AWS_ROLE_ARN": role}, as_role=True)
    assert len(found) == len(expected)
    for what, part in zip(found, expected, strict=True):
        assert what.startswith(part)


@pytest.mark.parametrize(
    "host",
    [
        "europe-west1-docker.pkg.dev",
        "northamerica-northeast1-docker.pkg.dev",
        "us-docker.pkg.dev",
        "gcr.io",
        "eu.gcr.io",
        "127.0.0.1:5000",
        "localhost:5000",
    ],
)
def test_a_token_of_google_may_go_to_googles_registries_and_stay_here(host: str) -> None:
    assert google.place_mistake(host) is None


@pytest.mark.parametrize(
    "host",
    [
        "example.com",
        "europe-west1-docker.pkg.dev.example.com",
        "europe-west1-docker.pkg.dev:443",
        "europe-west1-docker-pkg.dev",
        "evil.europe-west1-docker.pkg.dev",
        "europe-west1-docker.pkgxdev",
        "-docker.pkg.dev",
        "evilgcr.io",
        "eu.gcr.io.evil.com",
        "a.b.gcr.io",
        "europe-west1-python.pkg.dev",
        "mirror.gcr.io.",
        HOST,
    ],
)
def test_no_token_is_fetched_for_a_host_that_is_not_googles(host: str) -> None:
    mistake = google.place_mistake(host)
    assert mistake is not None
    assert "would have been sent there" in str(mistake)


@pytest.mark.parametrize(
    ("changed", "as_role", "expected"),
    [
        ({}, False, []),
        ({}, True, []),
        ({"GOOGLE_SERVICE_ACCOUNT": "nonsense"}, False, []),
        ({"GOOGLE_SERVICE_ACCOUNT": ""}, False, []),
        ({"GOOGLE_SERVICE_ACCOUNT": "123456789012-compute@developer.gserviceaccount.com"}, True, []),
        ({"GOOGLE_SERVICE_ACCOUNT": "a@my-project.example.com.iam.gserviceaccount.com"}, True, []),
        ({"GOOGLE_SERVICE_ACCOUNT": ""}, True, ["GOOGLE_SERVICE_ACCOUNT is missing, so there is no service account"]),
        ({"GOOGLE_SERVICE_ACCOUNT": "a@b"}, True, ["GOOGLE_SERVICE_ACCOUNT 'a@b' is not the address of a service"]),
        ({"GOOGLE_SERVICE_ACCOUNT": "a/../b@p.iam.gserviceaccount.com"}, True, ["GOOGLE_SERVICE_ACCOUNT 'a/../b"]),
        ({"GOOGLE_SERVICE_ACCOUNT": "a@p.iam.gserviceaccount.com.evil"}, True, ["GOOGLE_SERVICE_ACCOUNT 'a@p.iam"]),
        ({"DOCKER_REGISTRY": "example.com/apps"}, False, ["DOCKER_REGISTRY names the host example.com, which is no"]),
        ({"DOCKER_REGISTRY": "us-docker.pkg.dev"}, False, ["DOCKER_REGISTRY has no namespace"]),
        (
            {"DOCKER_REGISTRY": "example.com/apps", "GOOGLE_SERVICE_ACCOUNT": "a@b"},
            True,
            ["DOCKER_REGISTRY names the host", "GOOGLE_SERVICE_ACCOUNT 'a@b'"],
        ),
    ],
)
def test_each_mistake_with_google_is_named(changed: dict[str, str], as_role: bool, expected: list[str]) -> None:
    found = told({**GOOGLE, **changed}, as_role=as_role)
    assert len(found) == len(expected), found
    for what, part in zip(found, expected, strict=True):
        assert what.startswith(part)


def test_a_stored_key_of_google_is_a_password_like_any_other() -> None:
    stored = {
        "DOCKER_REGISTRY": GOOGLE["DOCKER_REGISTRY"],
        "DOCKER_REGISTRY_USERNAME": "_json_key_base64",
        "DOCKER_REGISTRY_PASSWORD": CANARY,
    }
    assert keychain.auth_of(stored) is Auth.STATIC
    assert keychain.credential(stored) == Credential("_json_key_base64", CANARY)


def test_nothing_of_a_cloud_is_loaded_to_judge_variables() -> None:
    program = (
        "import sys\nfrom oci import keychain\n"
        f"for told in ({ECR!r}, {GOOGLE!r}): list(keychain.mistakes(told, as_role=True))\n"
        "keychain.credential({'DOCKER_REGISTRY_USERNAME': 'b', 'DOCKER_REGISTRY_PASSWORD': 'p'})\n"
        "sys.exit(bool({'boto3', 'botocore', 'httpx', 'requests', 'google.auth'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=60, check=False).returncode == 0
