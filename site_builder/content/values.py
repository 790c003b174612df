"""Numbers that prose quotes: `{value}`path:spec``.

In: a tree of names and scalars. Out: a scalar, or the text that a reader sees. It does not know where values come from.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping

from ..errors import ContentError
from .html import suggestion

Quotable = float | int | str | bool
EXPONENT = re.compile(r"(?P<digits>\d(?:\.\d+)?)e(?P<sign>[+-])0*(?P<power>\d+)")
FORMATS = "Write one of Python's, such as `.1%`, `.3f` or `,`"
SAMPLES: tuple[Quotable, ...] = (1, 0.5, "text")
SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def parse(text: str) -> tuple[str, str]:
    """The path and the format spec of a role's text: `digits.accuracy:.1%` gives both, `digits.steps` no spec."""
    path, _, spec = text.partition(":")
    return path.strip(), spec.strip()


def lookup(
    values: Mapping[str, object], path: str, file: str, line: int, experiments: Collection[str] = ()
) -> Quotable:
    """The scalar at a dotted path. A name on the way may contain dots itself. Raises ContentError if there is none.

    `experiments` have values that are not known yet, for a hint.
    """
    found = _find(values, path)
    if found is None and path not in experiments:
        hint = suggestion(path, [*_paths(values), *experiments])
        raise ContentError(f"there is no value `{path}`", file, line, hint)
    if found is None or isinstance(found, Mapping):
        inner = suggestion("", (f"{path}.{name}" for name in _paths(found or {})))
        raise ContentError(f"the value `{path}` is a group of values", file, line, inner)
    if isinstance(found, (str, bool, int, float)):
        return found
    item = getattr(found, "item", None)  # a NumPy scalar
    if callable(item) and getattr(found, "size", 0) == 1:
        scalar: Quotable = item()
        return scalar
    raise ContentError(f"the value `{path}` is a series and not one number", file, line)


def show(value: Quotable, spec: str, file: str, line: int) -> str:
    """The value as prose has it: Python's format spec, a true minus sign, powers of ten written as such."""
    if not spec and isinstance(value, float):
        spec = ".4g"
    if spec.endswith("d") and isinstance(value, float) and value.is_integer():
        value = int(value)  # a count that was computed in f32
    try:
        text = format(value, spec)
    except (ValueError, TypeError) as error:
        raise ContentError(f"the format `{spec}` does not fit the value {value!r}", file, line, FORMATS) from error
    if isinstance(value, str):
        return text
    return EXPONENT.sub(_power, text).replace("-", "−")


def check_format(spec: str, file: str, line: int) -> None:
    """Raise ContentError for a format spec that fits no value, whichever it will be."""
    for sample in SAMPLES:
        with contextlib.suppress(ContentError):
            show(sample, spec, file, line)
            return
    raise ContentError(f"the format `{spec}` fits no value", file, line, FORMATS)


def _power(match: re.Match[str]) -> str:
    power = int(match["power"]) * (-1 if match["sign"] == "-" else 1)
    return f"{match['digits']} × 10{str(power).translate(SUPERSCRIPTS)}"


def _find(values: Mapping[str, object], path: str) -> object | None:
    if path in values:
        return values[path]
    parts = path.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        inner = values.get(".".join(parts[:cut]))
        if isinstance(inner, Mapping):
            found = _find(inner, ".".join(parts[cut:]))
            if found is not None:
                return found
    return None


def _paths(values: Mapping[str, object]) -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from (f"{name}.{inner}" for inner in _paths(value))
        else:
            yield str(name)
