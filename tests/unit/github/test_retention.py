"""Nothing goes that something which stays needs: whatever the graph, whatever the rules."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github.packages import Version
from github.retention import Manifest, Plan, Rules, Why, plan

NOW = datetime(2026, 11, 24, tzinfo=UTC)
RULES = Rules(keep_newest=1, untagged=timedelta(days=14))


def _digest(name: str) -> str:
    return f"sha256:{hashlib.sha256(name.encode()).hexdigest()}"


def _version(name: str, *tags: str, days: float = 100) -> Version:
    number = int(hashlib.sha256(name.encode()).hexdigest()[:6], 16)
    return Version(number, _digest(name), tags, NOW - timedelta(days=days))


def _about(name: str, suffix: str = "") -> str:
    return f"{_digest(name).replace(':', '-')}{suffix}"


def _removed(found: Plan) -> list[str]:
    return [version.digest for version in found.removed]


def _why(found: Plan, name: str) -> Why:
    (why,) = [one.why for one in found.judged if one.version.digest == _digest(name)]
    return why


LEAF = Manifest()


def test_the_parts_of_a_tagged_index_stay() -> None:
    versions = [_version("index", "v2"), _version("amd64"), _version("arm64"), _version("stray")]
    manifests = {_digest("index"): Manifest((_digest("amd64"), _digest("arm64")))} | {
        _digest(name): LEAF for name in ("amd64", "arm64", "stray")
    }
    found = plan(versions, manifests, RULES, NOW)
    assert _removed(found) == [_digest("stray")]
    assert _why(found, "amd64") is Why.NEEDED


@pytest.mark.parametrize("suffix", ["", ".sig", ".att", ".sbom"])
def test_what_is_about_an_image_that_stays_stays(suffix: str) -> None:
    versions = [_version("image", "v2"), _version("about", _about("image", suffix)), _version("part")]
    manifests = {_digest("image"): LEAF, _digest("about"): Manifest((_digest("part"),)), _digest("part"): LEAF}
    found = plan(versions, manifests, RULES, NOW)
    assert _removed(found) == []
    assert (_why(found, "about"), _why(found, "part")) == (Why.ABOUT, Why.NEEDED)


def test_what_has_an_image_that_stays_as_its_subject_stays() -> None:
    versions = [_version("image", "v2"), _version("attestation"), _version("about it")]
    manifests = {
        _digest("image"): LEAF,
        _digest("attestation"): Manifest(subject=_digest("image")),
        _digest("about it"): Manifest(subject=_digest("attestation")),
    }
    assert _removed(plan(versions, manifests, RULES, NOW)) == []


def test_a_signature_of_a_part_stays_with_the_index() -> None:
    versions = [_version("index", "v2"), _version("amd64"), _version("signature", _about("amd64", ".sig"))]
    manifests = {_digest("index"): Manifest((_digest("amd64"),)), _digest("amd64"): LEAF, _digest("signature"): LEAF}
    assert _removed(plan(versions, manifests, RULES, NOW)) == []


def test_an_old_image_goes_with_what_only_it_needed_index_first() -> None:
    versions = [
        _version("new", "v2", days=1),
        _version("shared", days=90),
        _version("old", "v1", days=90),
        _version("only old", days=91),
        _version("signature", _about("old", ".sig"), days=89),
    ]
    manifests = {
        _digest("new"): Manifest((_digest("shared"),)),
        _digest("old"): Manifest((_digest("shared"), _digest("only old"))),
        **{_digest(name): LEAF for name in ("shared", "only old", "signature")},
    }
    removed = _removed(plan(versions, manifests, RULES, NOW))
    assert set(removed) == {_digest(name) for name in ("old", "only old", "signature")}
    assert removed.index(_digest("old")) < removed.index(_digest("only old"))


def test_signatures_do_not_count_as_images() -> None:
    versions = [_version("signature", _about("image", ".sig"), days=1), _version("image", "v1", days=50)]
    manifests = {_digest("image"): LEAF, _digest("signature"): LEAF}
    assert _removed(plan(versions, manifests, RULES, NOW)) == []


def test_a_tag_that_is_kept_by_name_stays_however_old() -> None:
    versions = [
        _version("new", "main", days=1),
        _version("release", "v1.0", days=900),
        _version("old", "pr-1", days=900),
    ]
    manifests = {version.digest: LEAF for version in versions}
    rules = Rules(1, timedelta(days=14), keep=("v*",))
    found = plan(versions, manifests, rules, NOW)
    assert _removed(found) == [_digest("old")]
    assert _why(found, "release") is Why.NAMED


def test_what_was_pushed_lately_waits_for_its_index() -> None:
    versions = [_version("just pushed", days=13.9), _version("left over", days=14.1)]
    found = plan(versions, {version.digest: LEAF for version in versions}, RULES, NOW)
    assert _removed(found) == [_digest("left over")]
    assert _why(found, "just pushed") is Why.YOUNG


def test_nothing_goes_where_a_manifest_of_what_stays_is_not_known() -> None:
    versions = [_version("index", "v2"), _version("maybe its part")]
    found = plan(versions, {_digest("maybe its part"): LEAF}, RULES, NOW)
    assert found.removed == ()
    assert found.blind == (_digest("index"),)


def test_what_cannot_be_read_is_not_deleted() -> None:
    versions = [_version("image", "v2"), _version("unreadable")]
    found = plan(versions, {_digest("image"): LEAF}, RULES, NOW)
    assert found.removed == ()
    assert _why(found, "unreadable") is Why.UNKNOWN


def test_a_manifest_is_read() -> None:
    index = {"schemaVersion": 2, "manifests": [{"digest": "sha256:a"}], "subject": {"digest": "sha256:b"}}
    assert Manifest.read(index) == Manifest(("sha256:a",), "sha256:b")
    assert Manifest.read({"schemaVersion": 2, "layers": []}) == LEAF


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"errors": []},
        {"schemaVersion": 2, "manifests": {}},
        {"schemaVersion": 2, "manifests": [{}]},
        {"schemaVersion": 2, "manifests": ["x"]},
        {"schemaVersion": 2, "subject": "x"},
    ],
)
def test_what_is_no_manifest_is_not_taken_for_one_without_parts(document: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is no manifest"):
        Manifest.read(document)


@st.composite
def _graphs(draw: st.DrawFn) -> tuple[list[Version], dict[str, Manifest], Rules]:
    count = draw(st.integers(1, 12))
    names = [f"n{number}" for number in range(count)]
    some = st.lists(st.sampled_from(names), max_size=3)
    versions, manifests = [], {}
    for name in names:
        tags = draw(
            st.lists(st.sampled_from(["v1", "latest", *(_about(other, ".sig") for other in names)]), max_size=2)
        )
        versions.append(_version(name, *tags, days=draw(st.sampled_from([1, 13, 15, 100]))))
        subject = draw(st.none() | st.sampled_from(names))
        manifest = Manifest(tuple(map(_digest, draw(some))), _digest(subject) if subject else None)
        if draw(st.integers(0, 9)):
            manifests[_digest(name)] = manifest
    rules = Rules(draw(st.integers(0, 3)), timedelta(days=14), tuple(draw(st.lists(st.just("latest"), max_size=1))))
    return versions, manifests, rules


@given(_graphs())
def test_no_graph_is_broken(graph: tuple[list[Version], dict[str, Manifest], Rules]) -> None:
    versions, manifests, rules = graph
    found = plan(versions, manifests, rules, NOW)
    removed = set(_removed(found))
    assert len(found.judged) == len(versions), "each is judged once"
    for version in versions:
        manifest = manifests.get(version.digest)
        about = {tag[:71].replace("-", ":") for tag in version.tags if tag.startswith("sha256-")}
        subjects = about | ({manifest.subject} if manifest and manifest.subject else set())
        if version.digest in removed:
            assert manifest is not None
            standing = {one.digest for one in versions} - removed
            assert not subjects & standing, "it is about one that stays"
        else:
            assert manifest is not None or not removed, "one that stays may need any of them"
            assert not set(manifest.children if manifest else ()) & removed, "a part of one that stays is gone"
