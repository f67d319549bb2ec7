"""How Harbor is set as a whole, and how its API is spoken to: over TLS, its own authority trusted, no secret shown."""

import ssl
from typing import Any

import httpx
import pytest
import trustme
from pydantic import SecretStr

from components._provided import Failed
from components.harbor.inside import api
from components.harbor.inside.api import HarborApi
from components.harbor.inside.configuration import ConfigurationProvider, purge, values
from components.harbor.inside.settings import InsideSettings
from oci.errors import RegistryError, UntrustedError
from oci.retry import Retry
from tests.support.harbor_double import HarborDouble

PASSWORD, SECRET = "Canary-admin-5e81", "canary-oidc-77"
OIDC = {"issuer": "https://accounts.example.com", "clientId": "harbor", "clientSecret": SecretStr(SECRET)}


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_PATIENCE", Retry(attempts=2, sleep=lambda _: None))


def _settings(**blocks: Any) -> InsideSettings:
    return InsideSettings.model_validate(blocks, by_alias=True, by_name=False)


def _props(url: str, settings: InsideSettings, **changes: Any) -> dict[str, Any]:
    secret = settings.oidc.client_secret.get_secret_value() if settings.oidc else ""
    return {
        "url": url,
        "admin_password": PASSWORD,
        "ca": "",
        "values": values(settings, admin_login=True),
        "client_secret": secret,
        "purge_after": 365.0,
        **changes,
    }


def test_people_make_no_projects_or_accounts_and_a_scan_is_no_pull() -> None:
    told = values(_settings(auditLog={"forward": "syslog.example.com:514"}), admin_login=True)
    assert told["project_creation_restriction"] == "adminonly"
    assert told["self_registration"] is False
    assert told["robot_name_prefix"] == "robot$"
    assert told["scanner_skip_update_pulltime"] is True
    assert told["audit_log_forward_endpoint"] == "syslog.example.com:514"
    assert (told["auth_mode"], told["skip_audit_log_database"]) == ("db_auth", False)
    assert "read_only" not in told, "a restore switches that"


@pytest.mark.parametrize("admin_login", [True, False])
def test_people_log_in_at_the_identity_provider(admin_login: bool) -> None:
    told = values(_settings(oidc={**OIDC, "groupsClaim": "groups", "adminGroup": "ops"}), admin_login=admin_login)
    assert (told["auth_mode"], told["primary_auth_mode"]) == ("oidc_auth", not admin_login)
    assert (told["oidc_groups_claim"], told["oidc_admin_group"]) == ("groups", "ops")
    assert told["oidc_verify_cert"] is True
    assert SECRET not in str(told)


def test_it_is_set_and_only_what_was_changed_is_told_and_set_again() -> None:
    harbor = HarborDouble(PASSWORD)
    provider = ConfigurationProvider()
    with harbor.serving() as url:
        told = _props(url, _settings(oidc=OIDC))
        inputs = provider.check({}, told).inputs
        provider.create(inputs)
        assert harbor.configuration.oidc_client_secret == SECRET
        assert harbor.configuration.read_only is True, "what is not declared stays"
        assert harbor.purge is not None
        assert harbor.purge.parameters == purge(365)["parameters"]
        assert provider.check(inputs, told).inputs == inputs
        harbor.configuration = harbor.configuration.model_copy(update={"self_registration": True})
        since = provider.check(inputs, told).inputs["since"]
        assert since == "2: changed by somebody: self_registration"
        provider.update("", inputs, inputs)
        assert harbor.configuration.self_registration is False
        harbor.down = True
        assert provider.check(inputs, told).inputs == inputs, "a Harbor that does not answer is no reason"
    assert harbor.unknown == []


def test_a_refusal_shows_neither_password_nor_secret() -> None:
    harbor = HarborDouble("another")
    with harbor.serving() as url, pytest.raises(Failed, match="administrator's password") as caught:
        ConfigurationProvider().create(_props(url, _settings(oidc=OIDC)))
    assert PASSWORD not in str(caught.value)
    assert SECRET not in str(caught.value)

    def echo(request: httpx.Request) -> httpx.Response:
        said = f"no: {PASSWORD} {request.headers['authorization']}"
        return httpx.Response(400, stream=httpx.ByteStream(f'{{"errors":[{{"message":"{said}"}}]}}'.encode()))

    with (
        HarborApi("https://harbor.example.com", PASSWORD, transport=httpx.MockTransport(echo)) as client,
        pytest.raises(RegistryError) as refused,
    ):
        client.configuration()
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://harbor.example.com", "https://admin:x@harbor.example.com", "harbor", "", "ftp://x"]
)
def test_no_password_goes_where_it_could_be_read(url: str) -> None:
    with pytest.raises(ValueError, match="no password was sent there"):
        HarborApi(url, PASSWORD)


def test_an_authority_of_its_own_is_trusted_where_it_is_named() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    harbor = HarborDouble(PASSWORD)
    pem = authority.cert_pem.bytes().decode()
    with harbor.serving(context) as url:
        with HarborApi(url, PASSWORD) as stranger, pytest.raises(UntrustedError):
            stranger.configuration()
        assert harbor.asked == []
        with HarborApi(url, PASSWORD, pem) as client:
            assert client.configuration() == {"read_only": True}
    with pytest.raises(ValueError, match="no PEM"):
        HarborApi("https://harbor.example.com", PASSWORD, "-----BEGIN NONSENSE-----")
