"""What a function of a file can reach, as a digest: which of the file's statements decide what it does when it runs.

In: the file's syntax tree, a function of it. Out: a digest of the top-level statements that the function mentions,
directly or not, of those that may change what these give, and of the project's files behind imports, whole. It does
not know what the function is for.

A statement that only defines something (a function, a class, a name for a value that nothing is called for, an import)
counts where it is mentioned. Any other, such as a loop, an assignment to a part of something, or a function whose
decorator may enter it into a register, counts as soon as it can reach something that the function reaches, too: it may
change it. What is reached through imports from elsewhere than the project changes nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from site_builder.project.cache import digest
from site_builder.project.imports import closure, file_digest, files_digest, meaning

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Who uses one of these can reach everything in the file, also what no name mentions.
EVERYTHING = {"globals", "locals", "vars", "eval", "exec", "__doc__"}


class Statements:
    """A file's top-level statements, and which names they bind. `is_mark` tells decorators that are only marks."""

    def __init__(self, root: Path, file: Path, tree: ast.Module, is_mark: Callable[[ast.expr], bool]) -> None:
        self._root = root
        self._file = file
        self._is_mark = is_mark
        self._body = tree.body
        self.binds: dict[str, list[ast.stmt]] = {}
        for statement in tree.body:
            for name in set(_bound(statement)):
                self.binds.setdefault(name, []).append(statement)
        self._foreign = {name for name, found in self.binds.items() if all(map(self._is_foreign, found))}

    def digest(self, function: FunctionNode) -> str:
        """Of everything that `function` can reach. Decorators that only mark it are no part of it."""
        reached = self._reached(function)
        mentioned = {name for statement in reached for name in _names(statement)}
        if mentioned & EVERYTHING:
            return digest(file_digest(self._file), files_digest(self._root, self._imported(self._body)))
        bare = self._unmarked(function)
        shown = [bare if statement is function else statement for statement in self._body if statement in reached]
        # Functions may change places; of all else the order counts, and of what is defined twice.
        movable = [each for each in shown if isinstance(each, DEFINITIONS) and len(self.binds[each.name]) == 1]
        texts = [*sorted(map(meaning, movable)), *(meaning(each) for each in shown if each not in movable)]
        return digest(*texts, files_digest(self._root, self._imported(shown)))

    def _imported(self, statements: list[ast.stmt]) -> list[Path]:
        return closure(self._root, self._file.parent, statements)

    def _reached(self, function: FunctionNode) -> list[ast.stmt]:
        reached, names = self._mentioned_by([function])
        while True:
            more = [
                statement
                for statement in self._body
                if statement not in reached and self._may_change(statement) and self._touches(statement, names)
            ]
            if not more:
                return reached
            reached, names = self._mentioned_by([*reached, *more])

    def _mentioned_by(self, statements: list[ast.stmt]) -> tuple[list[ast.stmt], set[str]]:
        """The statements with those that bind what they mention, and so on; and all names on the way."""
        found, names, waiting = list(statements), set[str](), list(statements)
        while waiting:
            for name in _names(self._unmarked(waiting.pop())):
                if name in self.binds and name not in names:
                    names.add(name)
                    more = [each for each in self.binds[name] if each not in found]
                    found += more
                    waiting += more
        return found, names

    def _touches(self, statement: ast.stmt, names: set[str]) -> bool:
        _, own = self._mentioned_by([statement])
        return not set(_bound(statement)) or bool((own - self._foreign) & names)

    def _may_change(self, statement: ast.stmt) -> bool:
        """Whether running it may do more than bind its names."""
        if isinstance(statement, DEFINITIONS):
            return bool(self._unmarked(statement).decorator_list)  # type: ignore[attr-defined]
        if isinstance(statement, ast.Import | ast.ImportFrom) or _is_text(statement):
            return False
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            targets: list[ast.expr] = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            plain = all(isinstance(node, ast.Name | ast.Tuple | ast.List | ast.Starred) for node in _parts(targets))
            return not plain or any(isinstance(node, ast.Call | ast.NamedExpr) for node in ast.walk(statement))
        return True

    def _unmarked(self, statement: ast.stmt) -> ast.stmt:
        if not isinstance(statement, DEFINITIONS):
            return statement
        kept = [each for each in statement.decorator_list if not self._is_mark(each)]
        if len(kept) == len(statement.decorator_list):
            return statement
        return type(statement)(**{**dict(ast.iter_fields(statement)), "decorator_list": kept})

    def _is_foreign(self, statement: ast.stmt) -> bool:
        """Whether it imports from elsewhere than the project."""
        return isinstance(statement, ast.Import | ast.ImportFrom) and not self._imported([statement])


def _parts(targets: list[ast.expr]) -> Iterator[ast.expr]:
    for target in targets:
        yield target
        if isinstance(target, ast.Tuple | ast.List):
            yield from _parts(target.elts)
        elif isinstance(target, ast.Starred):
            yield from _parts([target.value])


def _names(statement: ast.stmt) -> Iterator[str]:
    """Every name in a statement, read or bound."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr in EVERYTHING:
            yield node.attr


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a top-level statement gives a meaning to."""
    if isinstance(statement, DEFINITIONS):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, DEFINITIONS):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (each.asname or each.name.partition(".")[0] for each in node.names if each.name != "*")


def _is_text(statement: ast.stmt) -> bool:
    """A docstring. And `from __future__` imports bind names that nobody mentions, so they are not reached either."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
