"""The tables of docs/policies.md, made from the rules themselves.

`python -m tests.policies.page` writes them anew. What stands around them is written by hand.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from pulumi_policy import EnforcementLevel

from policies import rules
from policies._practices import PROVES
from policies._rule import Practice, Rule, StackRule

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policies.md"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _row(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _rule(rule: Rule) -> str:
    over = "the stack" if isinstance(rule, StackRule) else "each resource"
    verb = "warns of " if rule.level is EnforcementLevel.ADVISORY else ""
    return _row(
        f'<a id="{rule.name}"></a>`{rule.name}`',
        f"{rule.level.value}, {rule.severity.value}, {over}",
        f"{verb}{rule.refuses}",
        rule.why,
        rule.mend,
        ", ".join(rule.checks) or "–",
    )


def the_rules() -> Iterator[str]:
    """A table for each subject."""
    for subject, group in rules.SUBJECTS.items():
        yield f"\n### {subject}\n"
        yield _row("rule", "level, severity, judged on", "refuses", "why", "mend", "also known as")
        yield "|---|---|---|---|---|---|"
        yield from map(_rule, group)


def the_practices() -> Iterator[str]:
    """The guide's eight, and the rules that stand for each."""
    yield _row("practice", "rules", "they prove that", "they cannot prove")
    yield "|---|---|---|---|"
    for practice in Practice:
        names = [f"[`{rule.name}`](#{rule.name})" for rule in rules.RULES if practice in rule.practices]
        yield _row(f"{list(Practice).index(practice) + 1}. {practice.value}", ", ".join(names), *PROVES[practice])


def the_settings() -> Iterator[str]:
    """What the pack's config may say, beside the level and the exemptions that every rule has."""
    yield _row("rule", "setting", "default", "meaning")
    yield "|---|---|---|---|"
    for rule in rules.RULES:
        for name, told in rule.settings.items():
            yield _row(f"`{rule.name}`", f"`{name}`", f"`{json.dumps(told['default'])}`", str(told["description"]))


PARTS = {"rules": the_rules, "practices": the_practices, "settings": the_settings}


def made(page: str) -> str:
    """`page` with its tables as the rules have them now."""
    for name, lines in PARTS.items():
        begin, end = f"<!-- {name}: made by python -m tests.policies.page -->", f"<!-- end of {name} -->"
        found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        table = "\n".join([begin, *lines(), end])
        # A backslash in a table is one, and no reference.
        page, count = found.subn(table.replace("\\", "\\\\"), page)
        if count != 1:
            raise ValueError(f"docs/policies.md has {count} places for {name}: it needs one between {begin} and {end}")
    return page


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
