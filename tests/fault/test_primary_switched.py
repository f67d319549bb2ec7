"""Two registries and two files: a switch of the primary redelivers in one update, and the other file stays."""

from dotenv import dotenv_values

from tests.support.checkout import Checkout


def _files(project: Checkout) -> tuple[dict[str, str | None], dict[str, str | None]]:
    standby = project.root / "standby.env"
    return dict(project.variables), dotenv_values(standby, interpolate=False)


def test_a_switch_of_the_primary_redelivers_in_one_update(project: Checkout) -> None:
    for key, value in (
        ("registries.main.kind", "local"),
        ("registries.standby.kind", "local"),
        ("registries.standby.namespace", "standby-apps"),
        ("primary", "main"),
        ("delivery.builder.target", "dotenv"),
        ("delivery.other.target", "dotenv"),
        ("delivery.other.path", "standby.env"),
        ("delivery.other.registry", "standby"),
    ):
        project.configure(key, value)
    project.up()
    builder, other = _files(project)
    outputs = project.outputs()
    assert builder["DOCKER_REGISTRY"] == outputs["registry"] == outputs["registries"]["main"]["registry"]
    assert other["DOCKER_REGISTRY"] == outputs["registries"]["standby"]["registry"]
    assert builder["DOCKER_REGISTRY_PASSWORD"] != other["DOCKER_REGISTRY_PASSWORD"]
    assert set(outputs["fingerprints"]) == {"builder", "other"}

    project.configure("primary", "standby")
    done = project.up()
    assert _files(project) == (other, other), "the builder's file now names the other registry, and the second stays"
    switched = project.outputs()
    assert switched["registry"] == other["DOCKER_REGISTRY"]
    assert switched["fingerprints"]["builder"] == switched["fingerprints"]["other"]
    assert len(project.registries()) == 2, "both registries go on running"
    assert "builder-file" in done.stderr

    again = project.up()
    assert "created" not in again.stderr
    assert "updated" not in again.stderr
