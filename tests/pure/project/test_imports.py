"""Digests of Python files: of what they do, not of how they are written down."""

from __future__ import annotations

import ast
from pathlib import Path

from site_builder.project import imports


def test_a_comment_a_docstring_and_the_layout_change_no_digest_of_code(tmp_path: Path) -> None:
    file = tmp_path / "code.py"

    def digest(text: str) -> str:
        file.write_text(text, encoding="utf-8")
        return imports.code_digest(file)

    plain = digest("def f(x):\n    return g(x, 1)\n")
    assert (
        digest('"""What."""\n\n\ndef f(x):  # why\n    """How."""\n    return g(\n        x,\n        1,\n    )\n')
        == plain
    )
    assert digest("def f(x):\n    return g(x, 2)\n") != plain
    assert digest("def f(x):\n    return g(x, 1.0)\n") != plain
    assert digest("def f(x):\n    'a'\n") != digest("def f(x):\n    return 'a'\n")
    assert digest("x = f'{y!r:>{z}}'\n") != digest("x = f'{y!s:>{z}}'\n")
    assert digest("no python") != digest("no python either")


def test_what_only_newer_versions_of_python_write_down_counts_where_it_says_something() -> None:
    newer = type("Name", (ast.Name,), {"_fields": (*ast.Name._fields, "more")})
    plain = imports.meaning(ast.Name("x", ast.Load()))
    assert imports.meaning(newer(id="x", ctx=ast.Load(), more=[])) == plain
    assert imports.meaning(newer(id="x", ctx=ast.Load(), more=None)) == plain
    assert imports.meaning(newer(id="x", ctx=ast.Load(), more=["T"])) != plain
