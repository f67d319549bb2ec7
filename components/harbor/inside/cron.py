"""Times of Harbor's own jobs: six fields, as its scheduler reads them.

Owns: the rules of such a text. Does not own what runs then. Pure.

Harbor reads seconds, minutes, hours, days of the month, months and days of the week, in UTC
(https://goharbor.io/docs/2.14.0/administration/garbage-collection/). Here the seconds are 0 and the minutes one number:
its few workers are shared by all of these jobs, and none of them is meant to run more than once an hour.
"""

import re
from typing import Annotated

from pydantic import AfterValidator

from components._settings import MistakeError

_FIELDS = ("seconds", "minutes", "hours", "days of the month", "months", "days of the week")
_BOUNDS = ((0, 0), (0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_PART = re.compile(r"(?P<from>\*|\?|\w+)(?:-(?P<to>\w+))?(?:/(?P<step>[0-9]{1,2}))?")
_ONE_NUMBER = re.compile(r"[0-9]{1,2}")
_MEND = "write for example `0 0 3 * * 0`: each Sunday at 03:00 UTC"


def _cron(text: str) -> str:
    fields = text.split(" ")
    if len(fields) != len(_FIELDS):
        count = len(text.split())
        raise MistakeError(
            f"has {count} field{'s' if count != 1 else ''} with single spaces between, and Harbor reads six: "
            + ", ".join(_FIELDS),
            _MEND,
        )
    if fields[0] != "0":
        raise MistakeError(
            "does not begin with 0 seconds", _MEND, "a job would run more than once an hour, and hold up others"
        )
    if _ONE_NUMBER.fullmatch(fields[1]) is None:
        raise MistakeError(
            "does not name one minute", _MEND, "a job would run more than once an hour, and hold up others"
        )
    for index, field in enumerate(fields):
        if not all(_fits(part, index) for part in field.split(",")):
            low, high = _BOUNDS[index]
            raise MistakeError(f"has {_FIELDS[index]} that are none: {low} to {high}, `*`, lists, ranges, steps", _MEND)
    return text


def _fits(part: str, index: int) -> bool:
    found = _PART.fullmatch(part)
    if found is None:
        return False
    first, last, step = found["from"], found["to"], found["step"]
    if step is not None and int(step) == 0:
        return False
    if first in ("*", "?"):
        return last is None and (first == "*" or index in (3, 5))
    numbers = [_number(word, index) for word in (first, last) if word is not None]
    low, high = _BOUNDS[index]
    return all(number is not None and low <= number <= high for number in numbers) and numbers == sorted(
        numbers, key=lambda number: number or 0
    )


def _number(word: str, index: int) -> int | None:
    if word.isascii() and word.isdigit() and len(word) <= 2:
        return int(word)
    names = {4: ["", *_MONTHS], 5: _WEEKDAYS}.get(index, [])
    return names.index(word.upper()) if word.upper() in names else None


Cron = Annotated[str, AfterValidator(_cron)]
"""When a job of Harbor's runs, in UTC: `0 <minute> <hours> <days> <months> <weekdays>`."""

_PRESETS = {"0 0 * * * *": "Hourly", "0 0 0 * * *": "Daily", "0 0 0 * * 0": "Weekly"}


def as_told(cron: str) -> str:
    """`cron` as the bridge reads it back: three of them have names, and anything else would differ at each refresh.

    https://github.com/goharbor/terraform-provider-harbor/blob/v3.10.21/client/misc.go
    """
    return _PRESETS.get(cron, cron)
