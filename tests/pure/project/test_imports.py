"""Digests of Python files: of what they do, not of how they are written down."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

import pytest

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


# Of what `imports.meaning` gives: the same in Python 3.11, 3.12 and 3.13, so that what one computed another can use.
DIGESTS = {
    "b860cbd24ee1": r"""x = f"{a!r:>{w}.{p}} {{}} {b:.3f}" f"{c=:^20}" "tail {" \
    f"{d:{e}{f'{g}'}}" f"{h:{i!s}}" f"" f"{j:}"
""",
    "8bc987832784": r"""match v:
    case {"a": 1, **rest}:
        pass
    case [1, *others] | (2,) if others:
        pass
    case P(x=1, y=_) as whole:
        pass
    case None | True | -1 | "s" | b"t" | 1.5:
        pass
    case _:
        pass
""",
    "fc68e382e0e5": r'''x: int = 3
(y): "list[str | None]"
def f(a: int, /, b: "T" = 1, *c: str, d: Callable[..., int] | None = None, **e: Any) -> dict[str, list[int]]:
    """What it gives."""
    z: Final[int]
''',
    "abb3314e7044": r"""key = lambda a, /, b=1, *c, d=2, **e: (a, *c, {**e, "b": b}, (yield_ := d))
""",
    "c486ee99bd60": r"""while (line := next(lines, None)) is not None and [n for m in line if (n := m + 1)]:
    continue
""",
    "32b5974c2737": r'''@experiment
@figures.figure(fit, alt="A line.", replay=None)
class C(B, metaclass=M):
    """What it is."""
    @property
    def size(self): return -1_000 + 0x10 + 1e400 + 2j
''',
    "3a113d72ac73": r"""async def run():
    async with a as b, c:
        async for d in e:
            await d
    return [f async for f in g], {h: i for h, i in j if h if i}
""",
    "ada323f7e622": r"""try:
    del a[1:2, ::3, ...], b.c
except* E as error:
    raise R("a" "b") from error
else:
    global d
finally:
    for i, *j in k: assert i, "é \U0001fae8 \ud800"
    else: l @= m
""",
}


@pytest.mark.parametrize("digest", DIGESTS)
def test_every_version_of_python_says_the_same_of_a_text(digest: str) -> None:
    found = imports.meaning(ast.parse(DIGESTS[digest]))
    assert hashlib.sha256(found.encode()).hexdigest()[:12] == digest


def test_an_empty_end_of_a_format_as_one_version_writes_it_means_nothing() -> None:
    plain = ast.parse("x = f'{a:>{b}}'")
    ended = ast.parse("x = f'{a:>{b}}'")
    (form,) = (
        node.format_spec for node in ast.walk(ended) if isinstance(node, ast.FormattedValue) and node.format_spec
    )
    assert isinstance(form, ast.JoinedStr)
    form.values.append(ast.Constant(""))
    assert imports.meaning(ended) == imports.meaning(plain)
