"""A stack on a simulated cloud lives as on a real one: made, left alone, changed, drifted, imported, removed."""

import json

from tests.engine.simulated.conftest import Project
from tests.simulated.store import Key, Store
from tests.support.engine import EngineProject

REPOSITORY = "aws:ecr/repository:Repository"
ELSEWHERE = {"aws:region": "eu-west-1"}


def _stored(project: EngineProject) -> list[Key]:
    return Store(project.simulated, "aws").held()


def _repository(project: EngineProject) -> Key:
    (found,) = [key for key in _stored(project) if key.token == REPOSITORY]
    return found


def test_up_makes_it_and_a_second_up_changes_nothing(project: Project) -> None:
    stack = project("repository", config=ELSEWHERE)
    made = stack.up()
    assert made.changes == {"create": 3}
    assert "SIMULATED aws" in made.diagnostics

    repository = stack.resources()["apps"]
    name = repository["id"]
    assert name.startswith("apps-")
    assert repository["urn"] == "urn:pulumi:test::throwaway::aws:ecr/repository:Repository::apps"
    assert repository["outputs"]["arn"] == f"arn:aws:ecr:eu-west-1:123456789012:repository/{name}"
    assert stack.outputs() == {
        "account": "123456789012",
        "mutability": "IMMUTABLE",
        "partition": "aws",
        "region": "eu-west-1",
        "url": f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/{name}",
    }
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.preview("--expect-no-changes").changes == {}


def test_a_preview_touches_nothing_and_knows_only_what_can_be_known(project: Project) -> None:
    stack = project("repository", config=ELSEWHERE)
    previewed = stack.preview()
    assert previewed.changes == {"create": 3}
    assert "url       : [unknown]" in previewed.stdout
    assert _stored(stack) == []

    stack.up()
    kept = Store(stack.simulated, "aws").get(_repository(stack), {})
    stack.configure({"throwaway:owner": "somebody else"})
    update = stack.preview()
    assert update.changes == {"update": 1}
    # An update does not move a repository: what depends on its address must not be shown as changing.
    assert "[unknown]" not in update.stdout
    assert Store(stack.simulated, "aws").get(_repository(stack), {}) == kept


def test_a_change_is_an_update_or_a_replacement_as_the_cloud_has_it(project: Project) -> None:
    stack = project("repository", config={"throwaway:name": "apps", "throwaway:alone": "true"})
    stack.up()
    stack.configure({"throwaway:mutability": "MUTABLE"})
    assert stack.up().changes == {"update": 1}
    assert stack.outputs()["mutability"] == "MUTABLE"

    # With a name of its own the old one has to go first; made beside it, the new one would be refused.
    stack.configure({"throwaway:kms": "true"})
    assert stack.up().changes == {"replace": 1}
    assert stack.resources()["apps"]["outputs"]["encryptionConfigurations"][0]["encryptionType"] == "KMS"

    stack.configure({"throwaway:name": "others"})
    assert stack.up().changes == {"replace": 1}
    assert [key.id for key in _stored(stack)] == ["others"]
    assert stack.up("--expect-no-changes").changes == {}


def test_a_refresh_finds_drift_and_the_next_up_mends_it(project: Project) -> None:
    stack = project("repository", config={"throwaway:alone": "true"})
    stack.up()
    assert stack.refresh("--expect-no-changes").changes == {}

    key = _repository(stack)
    Store(stack.simulated, "aws").drift(key, {"imageTagMutability": "MUTABLE"})
    assert stack.refresh().changes == {"update": 1}
    assert stack.resources()["apps"]["outputs"]["imageTagMutability"] == "MUTABLE"
    assert stack.up().changes == {"update": 1}
    assert stack.outputs()["mutability"] == "IMMUTABLE"

    Store(stack.simulated, "aws").drop(key)
    assert stack.refresh().changes == {"delete": 1}
    assert stack.up().changes == {"create": 1}


def test_drift_in_what_the_program_never_set_is_drift_too(project: Project) -> None:
    stack = project("secret", secrets={"throwaway:token": "first"})
    stack.up()
    Store(stack.simulated, "aws").drift(_repository(stack), {"imageTagMutability": "IMMUTABLE"})
    assert stack.refresh().changes == {"update": 1}
    assert stack.up().changes == {"update": 1}
    found = Store(stack.simulated, "aws").get(_repository(stack), {})
    assert found is not None
    assert found["imageTagMutability"] == "MUTABLE"


def test_what_exists_is_imported_without_a_change(project: Project) -> None:
    options = {"throwaway:name": "apps", "throwaway:alone": "true"}
    stack = project("repository", config=options)
    stack.up()
    stack.run("state", "delete", stack.resources()["apps"]["urn"], "--yes")
    assert stack.resources() == {}

    # Made again, it would be refused as a second one of that name.
    refused = stack.up(fails=True)
    assert (
        "RepositoryAlreadyExistsException: The repository with name 'apps' already exists in the registry"
        " with id '123456789012'" in refused.diagnostics
    )
    stack.configure({"throwaway:import": "apps"})
    assert stack.up().changes == {"import": 1}
    assert stack.up("--expect-no-changes").changes == {}
    assert stack.refresh("--expect-no-changes").changes == {}


def test_an_import_of_nothing_is_an_error(project: Project) -> None:
    stack = project("repository", config={"throwaway:import": "nowhere", "throwaway:name": "nowhere"})
    refused = stack.up(fails=True)
    assert "resource 'nowhere' does not exist" in refused.diagnostics
    assert stack.resources() == {}


def test_two_of_one_name_are_refused_as_the_cloud_refuses_them(project: Project) -> None:
    stack = project("twins")
    refused = stack.up(fails=True)
    assert "RepositoryAlreadyExistsException" in refused.diagnostics
    assert list(stack.resources()) == ["first"]


def test_destroy_leaves_nothing(project: Project) -> None:
    stack = project("repository")
    stack.up()
    assert stack.destroy().changes == {"delete": 3}
    assert _stored(stack) == []
    assert stack.resources() == {}
    assert json.loads((stack.simulated / "aws.json").read_text()) == {"resources": {}, "simulated": True}
