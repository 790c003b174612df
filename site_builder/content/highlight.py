"""Highlighting: code to HTML with Pygments' short class names, and no colours of its own.

In: code and a language. Out: spans for inside a <code> element. Cached by the hash of both and Pygments' version, so
that Pygments is not even imported when all is known.
"""

from __future__ import annotations

import functools
import re
from importlib import metadata

from ..errors import ContentError
from ..project.cache import Cache, digest
from .html import escape, suggestion

LEXERS = {"python": "PythonLexer", "wgsl": "WgslLexer", "javascript": "JavascriptLexer", "bash": "BashLexer"}
ALIASES = {"py": "python", "js": "javascript", "sh": "bash", "text": "", "": ""}
PLAIN = re.compile(r'<span class="(?:n|p|w)">([^<]*)</span>')  # names, punctuation and spaces look like all text
SUFFIXES = {".py": "python", ".wgsl": "wgsl", ".js": "javascript", ".mjs": "javascript", ".sh": "bash"}


def language(name: str, file: str, line: int) -> str:
    """The language that a fence names: a key of LEXERS, or "" for plain text. Raises ContentError if it is unknown."""
    name = ALIASES.get(name, name)
    if name and name not in LEXERS:
        hint = suggestion(name, [*LEXERS, "text"])
        raise ContentError(f"there is no highlighting for the language `{name}`", file, line, hint)
    return name


def highlight(code: str, language: str, cache: Cache) -> str:
    """The code as HTML. `language` is a key of LEXERS, or "" for plain text."""
    if not language:
        return escape(code)
    key = digest("highlight 2", _version(), language, code)
    known = cache.get("highlight", key)
    if known is not None:
        return known.decode()
    html = _highlight(code, language)
    cache.put("highlight", key, html.encode())
    return html


@functools.cache
def _version() -> str:
    return metadata.version("pygments")


def _highlight(code: str, language: str) -> str:
    import pygments.lexers
    from pygments import highlight
    from pygments.formatters import HtmlFormatter

    lexer = getattr(pygments.lexers, LEXERS[language])(stripnl=False)
    html: str = highlight(code, lexer, HtmlFormatter(nowrap=True))
    return PLAIN.sub(r"\1", html)
