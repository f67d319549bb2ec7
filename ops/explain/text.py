"""The explanation as plain text, for a terminal.

Owns: the same order as the Markdown, each point on a line of its own. What is not ours is on one line, without control
characters (`contract.problem.printable`). Nothing is left out.
"""

from collections.abc import Iterator, Sequence

from contract.problem import printable
from ops.explain.explanation import Explanation
from ops.explain.point import Point


def text(explanation: Explanation) -> str:
    """The whole."""
    return "\n".join(_lines(explanation)).rstrip() + "\n"


def _lines(told: Explanation) -> Iterator[str]:
    yield f"What changes in {printable(told.environment)}"
    yield f"  {_summary(told)}"
    if told.simulated:
        yield "  simulated: no real cloud was asked"
    for lines in told.errors:
        yield "\nTHE PREVIEW FAILED"
        yield from (f"  {printable(line, 700)}" for line in lines)
    if told.policies is not None:
        yield from _section("REFUSED BY POLICIES", told.policies.refused)
        yield from _section("The policies advise", told.policies.advised)
        if not told.policies.refused and not told.policies.advised:
            yield f"\n{'The policies hold' if told.policies.packs else 'No policy pack ran'}"
    yield from _section("DANGERS", told.dangers)
    yield from _section("Delivered to the builder", told.deliveries)
    yield from _section("Also", told.others)
    yield from _section("Who may do what", told.permissions)
    rows = told.cost.rows()
    if rows:
        cost = told.cost
        yield f"\nAbout ${cost.after.total:,.2f} a month, before ${cost.before.total:,.2f}"
        yield from (f"  ${old:>9,.2f}  ${new:>9,.2f}  {name} ({price.read})" for name, price, old, new in rows)
        yield from (f"  assumed: {sentence}" for sentence in cost.usage.sentences())
        yield from (f"  not counted, because it follows use: {words}" for words in cost.uncounted)
    for part in told.parts:
        yield from _section(str(part.title), part.points)
    if told.warnings:
        yield "\nWarnings of the preview"
        yield from (f"  {printable(warning, 700)}" for warning in told.warnings)
    if told.notes:
        yield ""
        yield from (f"note: {note}" for note in told.notes)


def _summary(told: Explanation) -> str:
    if not told.changed:
        return "the preview failed before it proposed a change" if told.errors else "Nothing changes."
    return ", ".join(f"{count:,} {printable(word)}" for word, count in told.counts.items() if count)


def _section(title: str, points: Sequence[Point]) -> Iterator[str]:
    if points:
        yield f"\n{title}"
        for point in points:
            danger = f"{point.danger}: " if point.danger else ""
            yield f"  {danger}{point.sentence.render(lambda value: value)}"
