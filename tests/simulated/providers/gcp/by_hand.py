"""What a person does in a project by hand, or with gcloud: for tests that meet it afterwards.

Owns: such deeds on the store. Each says what a test would otherwise have to know of the store's inside.
"""

from tests.simulated.providers.gcp import artifact_registry, members
from tests.simulated.providers.gcp.place import SERVICE, address
from tests.simulated.providers.gcp.words import MADE, number
from tests.simulated.store import Key, Store
from tests.simulated.wire import Properties


def enable(store: Store, project: str, *apis: str) -> None:
    """`gcloud services enable`."""
    for api in apis:
        store.add(Key(SERVICE, "", f"{project}/{api}"), {"project": project, "service": api})


def account(store: Store, project: str, name: str) -> str:
    """`gcloud iam service-accounts create`; returns its address."""
    email = address(project, name)
    made: Properties = {"accountId": name, "project": project, "email": email, "uniqueId": number(email, 21)}
    store.add(members.account_of(project, name), {**made, "disabled": False, "member": f"serviceAccount:{email}"})
    return email


def undelete(store: Store, token: str, id_: str) -> None:
    """`gcloud iam workload-identity-pools undelete`, or of a provider. Raises KeyError where there never was one."""
    store.drift(Key(token, "", id_), {"state": "ACTIVE"})


def push(store: Store, repository: str, image: str, digest: str, *tags: str) -> None:
    """`docker push`: one image into a repository, which is named by its full name."""
    _, project, _, location, _, name = repository.split("/")
    path = f"{project.replace(':', '/')}/{name}/{image}@{digest}"
    pushed: Properties = {
        "name": f"{repository}/dockerImages/{image}@{digest}",
        "selfLink": f"{location}-docker.pkg.dev/{path}",
        "imageName": f"{image}@{digest}",
        "tags": list(tags),
        "imageSizeBytes": "1024",
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "uploadTime": MADE,
        "updateTime": MADE,
        "buildTime": MADE,
    }
    store.add(Key(artifact_registry.IMAGE, repository, f"{image}@{digest}"), pushed)
