"""Google's Common Expression Language, evaluated for real: what a token of a workload becomes, if anything.

Owns: the questions. Does not own: the evaluator, which is the package `cel-python`, with RE2 for `matches` as Google
has it. What is in error lets nobody in, as at Google.
"""

from collections.abc import Mapping

import celpy
from celpy.adapter import json_to_cel
from celpy.evaluation import CELEvalError


def holds(condition: str, claims: Mapping[str, str]) -> bool:
    """Whether `condition` is true of a token with these `claims`."""
    try:
        return bool(_evaluated(condition, claims))
    except CELEvalError:
        return False


def mapped(mapping: Mapping[str, str], claims: Mapping[str, str]) -> dict[str, str] | None:
    """The attributes that a token with these `claims` gets; None where one of them is in error."""
    try:
        return {key: str(_evaluated(expression, claims)) for key, expression in mapping.items()}
    except CELEvalError:
        return None


def _evaluated(expression: str, claims: Mapping[str, str]) -> object:
    environment = celpy.Environment()
    program = environment.program(environment.compile(expression))
    return program.evaluate({"assertion": json_to_cel(dict(claims))})
