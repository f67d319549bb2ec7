"""The explanation as Markdown, for a comment on a pull request.

Owns: quoting, the order of the sections, and staying under GitHub's limit. What is not ours stands in code spans, where
GitHub reads neither Markdown nor mentions, links or HTML; a span is delimited by more backticks than its text holds.
Where a block of HTML keeps Markdown out, the same stands in `<code>`, escaped.
"""

import html
import re
from collections.abc import Callable, Iterator, Sequence

from contract.problem import printable
from ops.explain.explanation import Explanation
from ops.explain.listing import cut, shortened
from ops.explain.point import Danger, Point
from ops.explain.sentence import Long, Sentence, say

LIMIT = 65_536
"""The longest comment that GitHub takes: https://github.com/orgs/community/discussions/27190 (read 2026-11)."""
_ROOM = LIMIT - 2_000
"""For what a workflow puts around it."""
_LEVELS = (200, 60, 25, 10, 5, 3, 2, 1)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def marker(environment: str) -> str:
    """The hidden comment by which a workflow finds its own comment of this environment again."""
    if not _NAME.fullmatch(environment):
        environment = "other"
    return f"<!-- snapdeploy-registry:explain:{environment} -->"


def markdown(explanation: Explanation, *, room: int = _ROOM) -> str:
    """The whole, as much in detail as there is room for; what is left out is counted."""
    text = ""
    for most in _LEVELS:
        text = "\n".join(_lines(explanation, most)).rstrip() + "\n"
        if length(text) <= room:
            return text
    # Many sorts of everything: the sections themselves become short.
    for most in (40, 10, 3):
        text = "\n".join(_lines(explanation, 1, sorts=most)).rstrip() + "\n"
        if length(text) <= room:
            break
    return text


def length(text: str) -> int:
    """How long GitHub takes it to be, at most: what is outside the Basic Multilingual Plane counts twice."""
    return len(text.encode("utf-16-le")) // 2


def code(text: str) -> str:
    """`text` as a code span that nothing in it can leave."""
    text = printable(text, 1000)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _code_in_html(text: str) -> str:
    return f"<code>{html.escape(printable(text, 1000))}</code>"


def _md(sentence: Sentence) -> str:
    return sentence.render(code)


def _lines(told: Explanation, most: int, sorts: int = 100) -> Iterator[str]:
    yield marker(told.environment)
    yield f"## What changes in {code(told.environment)}"
    yield ""
    yield _summary(told)
    yield ""
    if told.simulated:
        yield "> Simulated: no real cloud was asked."
        yield ""
    if told.errors:
        yield f"### :x: The preview failed ({_errors(len(told.errors))})"
        yield ""
        for lines in cut(told.errors, most)[0]:
            shown, more = cut(lines, 14)
            for at, line in enumerate(shown):
                yield f"{'- ' if at == 0 else '  <br>'}{code(printable(line.strip(), 700))}"
            if more:
                yield f"  <br>and {more:,} more lines"
        if (left := cut(told.errors, most)[1]) > 0:
            yield f"- and {left:,} more errors"
        yield ""
        yield "What follows is what was seen before it failed."
        yield ""
    yield from _policies(told, most, sorts)
    if told.dangers:
        yield f"### :warning: {_many(len(told.dangers), 'danger')}"
        yield ""
        yield from _points(told.dangers, most, sorts * 4, lambda point: f"**{point.danger}**: ")
        yield ""
    yield from _section("Delivered to the builder", told.deliveries, most, sorts)
    yield from _section("Also", told.others, most, sorts)
    yield from _folded("Who may do what", told.permissions, most, sorts)
    yield from _cost(told)
    yield from _details(told, most, sorts)
    yield from _section("Warnings of the preview", [_warning(one) for one in told.warnings], most, sorts)
    if told.notes:
        yield "---"
        yield ""
        for note in told.notes:
            yield f"<sub>{_md(note)}.</sub><br>"
        yield ""


def _summary(told: Explanation) -> str:
    if not told.changed and told.errors:
        return "**The preview failed before it proposed a change.**"
    if not told.changed:
        return f"**Nothing changes.** {_stay(sum(told.counts.values()))}."
    counted = ", ".join(f"{told.counts[word]:,} {verb}" for word, verb in _verbs(told))
    kept = sum(told.counts.get(word, 0) for word in ("same", "read", "refresh"))
    rest = f"; {_stay(kept)}" if kept else ""
    if told.dangerous:
        return f"**{counted}**{rest}."
    return f"**{counted}**{rest}. No dangers were found."


def _stay(count: int) -> str:
    return "1 resource stays as it is" if count == 1 else f"{count:,} resources stay as they are"


def _verbs(told: Explanation) -> list[tuple[str, str]]:
    known = {
        "create": "to make",
        "import": "to take over",
        "update": "to change",
        "replace": "to replace",
        "delete": "to delete",
        "discard": "to forget",
    }
    words = [word for word in (*known, *sorted(told.counts)) if told.counts.get(word)]
    unchanged = ("same", "read", "refresh")
    return [
        (word, known.get(word) or f"to treat otherwise ({code(word)})")
        for word in dict.fromkeys(words)
        if word not in unchanged
    ]


def _points(
    points: Sequence[Point], most: int, sorts: int, before: Callable[[Point], str] = lambda _: ""
) -> Iterator[str]:
    listed = list(shortened(points, lambda point: (point.danger, point.sentence.words), most))
    shown, _ = cut(listed, max(most, 1) * sorts)
    told = 0
    for point, more in shown:
        told += 1 + more
        yield f"- {before(point)}{_md(point.sentence)}"
        if more:
            yield f"  - and {more:,} more of the same"
    if told < len(points):
        yield f"- and {len(points) - told:,} more of other sorts"


def _section(title: str, points: Sequence[Point], most: int, sorts: int) -> Iterator[str]:
    if points:
        yield f"### {title}"
        yield ""
        yield from _points(points, most, sorts)
        yield ""


def _folded(title: str, points: Sequence[Point], most: int, sorts: int) -> Iterator[str]:
    """A section that opens when it is asked for. The blank line lets Markdown in again."""
    if points:
        yield f"<details><summary>{title} ({len(points):,})</summary>"
        yield ""
        yield from _points(points, most, sorts)
        yield ""
        yield "</details>"
        yield ""


def _policies(told: Explanation, most: int, sorts: int) -> Iterator[str]:
    judged = told.policies
    if judged is None:
        return
    if judged.refused:
        yield f"### :x: {_many(len(judged.refused), 'refusal')} by the policies"
        yield ""
        yield from _points(judged.refused, most, sorts)
        yield ""
    packs = ", ".join(f"{code(name)} {code(version)}" for name, version in list(judged.packs.items())[:10])
    if judged.advised:
        yield f"### The policies advise ({len(judged.advised):,})"
        yield ""
        yield from _points(judged.advised, most, sorts)
        yield ""
    if not judged.refused and not judged.advised:
        yield f"The policies hold ({packs})." if packs else "No policy pack ran."
        yield ""


def _cost(told: Explanation) -> Iterator[str]:
    cost = told.cost
    rows = cost.rows()
    if not rows or (cost.unseen and not any(old or new for *_, old, new in rows)):
        return
    sign = "+" if cost.change >= 0 else "−"
    counted = "" if not cost.unseen else ", of what is in the preview"
    before, after, change = cost.before.total, cost.after.total, abs(cost.change)
    sums = f"<b>${after:,.2f} a month</b>, before ${before:,.2f} ({sign}${change:,.2f}){counted}"
    yield f"<details><summary>About {sums}</summary>"
    yield ""
    yield "| a month | before | after | by |"
    yield "|---|---:|---:|---|"
    for name, price, old, new in rows:
        free = f", {price.free:,.10g} free" if price.free else ""
        source = f"[{price.read}]({price.source})" + ("" if price.confirmed else " (not confirmed there)")
        unit_price = (
            f"{price.price:.2f}" if price.price == 0 or price.price >= 0.01 else f"{price.price:.7f}".rstrip("0")
        )
        yield f"| {name} | ${old:,.2f} | ${new:,.2f} | ${unit_price} per {price.unit}{free}, {source} |"
    yield ""
    yield "Assumed, and not known: " + "; ".join(cost.usage.sentences()) + "."
    if cost.uncounted:
        yield ""
        yield "Not counted, because it follows use: " + "; ".join(cost.uncounted) + "."
    yield ""
    yield "</details>"
    yield ""


def _details(told: Explanation, most: int, sorts: int) -> Iterator[str]:
    shown, left = cut(told.parts, sorts)
    for part in shown:
        title = part.title.render(_code_in_html)
        yield f"<details><summary>{title}: {_many(len(part.points), 'change')}</summary>"
        yield ""
        yield from _points(part.points, most, sorts)
        yield ""
        yield "</details>"
        yield ""
    if left:
        hidden = sum(len(part.points) for part in told.parts[len(shown) :])
        yield f"And {left:,} more parts with {hidden:,} changes."
        yield ""


def _warning(text: str) -> Point:
    return Point(say("{}", Long(text)))


def _many(count: int, word: str) -> str:
    plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
    return f"{count:,} {word if count == 1 else plural}"


def _errors(count: int) -> str:
    return _many(count, "error")


__all__ = ["LIMIT", "Danger", "code", "length", "markdown", "marker"]
