"""A registry is delivered only where its credential lasts, and the config is told so before anything is declared."""

import pytest

from components._settings import LocalSettings, MistakeError, RegistrySettings
from components.delivery.kubernetes import KubernetesSettings
from components.docker_hub.settings import DockerHubSettings
from contract.kinds import Auth, Kind
from stack import _declared
from stack._report import Report
from tests.unit.stack.reading import mistake, parse

HUB = {"kind": "docker-hub", "namespace": "acme", "username": "acme-ci", "token": "dckr_pat_canary-00aa11"}
CLUSTER = {"target": "kubernetes", "context": "production", "namespaces": {"apps": {}}}


def _settings(**told: object) -> dict[str, object]:
    return {"registries": {"hub": HUB}, "delivery": {"cluster": {**CLUSTER, **told}}}


def test_a_static_credential_may_be_delivered_into_a_cluster() -> None:
    delivery = parse(_settings(), stack="dev", secret={"registries"}).delivery["cluster"]
    assert isinstance(delivery, KubernetesSettings)
    assert delivery.destination() == "production:apps/snapdeploy-{stack}"


@pytest.mark.parametrize(
    ("auth", "within", "instead"),
    [
        (Auth.ECR, "12 hours", "ecr-credential-provider"),
        (Auth.GOOGLE, "one hour", "artifactregistry.reader"),
        (Auth.GITHUB_TOKEN, "workflow run", "classic personal access token"),
        (Auth.ANONYMOUS, "no credential", "delete the delivery"),
    ],
)
def test_one_that_dies_within_hours_is_refused_with_the_alternative(auth: Auth, within: str, instead: str) -> None:
    class Registry(RegistrySettings):
        def builder_auth(self) -> Auth:
            return auth

    delivery = parse(_settings(registry="hub"), stack="dev", secret={"registries"}).delivery
    report = Report(stack="dev", file=None, secret_keys=())
    told = Registry(kind=Kind.GHCR, namespace="acme")
    _declared.check_credentials({"hub": told}, delivery, report)
    assert report.wrong_at(("delivery", "cluster"))
    with pytest.raises(Exception, match=within) as caught:
        report.raise_if_any()
    assert instead in str(caught.value)
    assert "so: " in str(caught.value)


def test_the_config_is_told_before_anything_is_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DockerHubSettings, "builder_auth", lambda _: Auth.ECR)
    problem = mistake(_settings(), stack="dev", secret={"registries"})
    assert problem.where.endswith("delivery.cluster")
    assert "12 hours" in problem.what


@pytest.mark.parametrize(("kind", "auth"), [(Kind.ECR, Auth.ECR), (Kind.ARTIFACT_REGISTRY, Auth.GOOGLE)])
def test_a_kind_whose_tokens_are_fetched_says_so(kind: Kind, auth: Auth) -> None:
    assert RegistrySettings(kind=kind, namespace="acme").builder_auth() is auth


def test_every_other_kind_has_a_password() -> None:
    assert LocalSettings().builder_auth() is Auth.STATIC
    assert RegistrySettings(kind=Kind.DOCKER_HUB, namespace="acme").builder_auth() is Auth.STATIC


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"namespaces": {}}, "namespaces"),
        ({"namespaces": {"Apps": {}}}, "Apps"),
        ({"namespaces": {"a" * 64: {}}}, "a" * 64),
        ({"namespaces": {"apps": {"secret": "Reg_Cred"}}}, "secret"),
        ({"namespaces": ["apps"]}, "namespaces"),
        ({"context": ""}, "context"),
        ({"kubeconfig": "$(id)"}, "kubeconfig"),
        ({"server": "https://x"}, "server"),
    ],
)
def test_what_no_cluster_would_take_is_refused(told: dict[str, object], key: str) -> None:
    assert key[:39] in mistake(_settings(**told), stack="dev", secret={"registries"}).where


def test_a_kubeconfig_that_is_not_there_is_said_before_it_is_taken_for_content(tmp_path: object) -> None:
    from pathlib import Path

    root = Path(str(tmp_path))
    problem = mistake(_settings(kubeconfig="nowhere/config"), stack="dev", root=root, secret={"registries"})
    assert "which is no file" in problem.what
    (root / "nowhere").mkdir()
    (root / "nowhere" / "config").write_text("{}")
    assert parse(_settings(kubeconfig="nowhere/config"), stack="dev", root=root, secret={"registries"}).delivery


def test_the_refusals_are_whole_sentences() -> None:
    settings = KubernetesSettings.model_validate({"registry": "hub", "context": "c", "namespaces": {"apps": {}}})
    for auth in Auth:
        refused = settings.refusal(auth)
        assert (refused is None) == (auth is Auth.STATIC)
        assert refused is None or (isinstance(refused, MistakeError) and refused.mend and refused.consequence)
