"""Claims: comparisons over values that fail the build when they are false.

In: an expression such as `digits.accuracy > 0.9 and digits.loss < 2 * digits.floor`. Out: the values that it names, and
whether it holds. Python's grammar, a whitelist of its nodes, no eval.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import ClaimError, ContentError
from .html import suggestion
from .values import Quotable

BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FUNCTIONS: dict[str, Callable[..., float]] = {"abs": abs, "min": min, "max": max}
ALLOWED = "Allowed are comparisons, and, or, + - * /, numbers, values, abs, min and max"


@dataclass(frozen=True)
class Claim:
    """An expression that has been checked for form. `paths`: the values that it names, in order, each once."""

    text: str
    tree: ast.expr
    paths: tuple[str, ...]
    file: str
    line: int


def parse(text: str, file: str, line: int) -> Claim:
    """Check an expression's form. Raises ContentError naming what is not allowed in it."""
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ContentError(f"the claim `{text}` does not parse", file, line, ALLOWED) from error
    paths: dict[str, None] = {}
    _check_truth(tree, Claim(text, tree, (), file, line), paths)
    if not paths:
        raise ContentError(f"the claim `{text}` names no value", file, line, "Compare something that a run computed")
    return Claim(text, tree, tuple(paths), file, line)


def check(claim: Claim, value: Callable[[str], Quotable]) -> str:
    """The expression with its numbers filled in, when it is true. Raises ClaimError when it is false."""
    numbers = {path: _number(claim, path, value(path)) for path in claim.paths}
    try:
        holds = _evaluate(claim.tree, numbers)
    except ZeroDivisionError as error:
        raise ContentError(f"the claim `{claim.text}` divides by zero", claim.file, claim.line) from error
    filled = _fill(claim, {path: float(f"{number:.6g}") for path, number in numbers.items()})
    if not holds:
        exact = _fill(claim, numbers)
        shown = exact if _rounding_hides(claim.tree, numbers) else filled
        raise ClaimError(
            f"the claim `{claim.text}` is false: {shown}",
            claim.file,
            claim.line,
            "Correct the sentence, or find out what changed in the run",
        )
    return filled


def _check_truth(node: ast.expr, claim: Claim, paths: dict[str, None]) -> None:
    if isinstance(node, ast.BoolOp):
        for part in node.values:
            _check_truth(part, claim, paths)
    elif isinstance(node, ast.Compare):
        for sign in node.ops:
            if type(sign) not in COMPARISONS:
                _refuse(claim, node)
        for part in (node.left, *node.comparators):
            _check_number(part, claim, paths)
    else:
        raise ContentError(f"`{ast.unparse(node)}` in a claim is not a comparison", claim.file, claim.line, ALLOWED)


def _check_number(node: ast.expr, claim: Claim, paths: dict[str, None]) -> None:
    if (path := _path(node)) is not None:
        paths[path] = None
    elif isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        _check_number(node.left, claim, paths)
        _check_number(node.right, claim, paths)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        _check_number(node.operand, claim, paths)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args and not node.keywords:
        if node.func.id not in FUNCTIONS:
            hint = suggestion(node.func.id, FUNCTIONS)
            raise ContentError(f"a claim cannot call `{node.func.id}`", claim.file, claim.line, hint)
        if (len(node.args) == 1) != (node.func.id == "abs"):
            _refuse(claim, node)
        for argument in node.args:
            _check_number(argument, claim, paths)
    elif not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
        _refuse(claim, node)


def _refuse(claim: Claim, node: ast.expr) -> None:
    raise ContentError(f"`{ast.unparse(node)}` is not allowed in a claim", claim.file, claim.line, ALLOWED)


def _path(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (owner := _path(node.value)) is not None:
        return f"{owner}.{node.attr}"
    return None


def _number(claim: Claim, path: str, value: Quotable) -> float:
    if isinstance(value, (str, bool)):
        raise ContentError(f"the value `{path}` in a claim is {value!r} and not a number", claim.file, claim.line)
    return value


def _evaluate(node: ast.expr, numbers: dict[str, float]) -> float:
    if (path := _path(node)) is not None:
        return numbers[path]
    match node:
        case ast.BoolOp(op=ast.And(), values=parts):
            return all(_evaluate(part, numbers) for part in parts)
        case ast.BoolOp(values=parts):
            return any(_evaluate(part, numbers) for part in parts)
        case ast.Compare(left=left, ops=signs, comparators=others):
            terms = [_evaluate(part, numbers) for part in (left, *others)]
            return all(COMPARISONS[type(sign)](terms[i], terms[i + 1]) for i, sign in enumerate(signs))
        case ast.BinOp(left=left, op=sign, right=right):
            return BINARY[type(sign)](_evaluate(left, numbers), _evaluate(right, numbers))
        case ast.UnaryOp(operand=operand):
            return -_evaluate(operand, numbers)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(_evaluate(argument, numbers) for argument in arguments))
        case ast.Constant(value=(int() | float()) as number):
            return number
    raise AssertionError(f"_check_truth let {ast.dump(node)} through")


def _rounding_hides(tree: ast.expr, numbers: dict[str, float]) -> bool:
    """Whether the claim would hold of the rounded numbers, so that showing those would make no sense."""
    try:
        return bool(_evaluate(tree, {path: float(f"{number:.6g}") for path, number in numbers.items()}))
    except ZeroDivisionError:
        return True


class _Filler(ast.NodeTransformer):
    def __init__(self, numbers: dict[str, float]) -> None:
        self.numbers = numbers

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and (path := _path(node)) in self.numbers:
            return ast.Name(repr(self.numbers[path]).removesuffix(".0"))
        return self.generic_visit(node)


def _fill(claim: Claim, numbers: dict[str, float]) -> str:
    return ast.unparse(_Filler(numbers).visit(ast.parse(claim.text, mode="eval")))  # faster than a copy of its tree
