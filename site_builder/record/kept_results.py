"""Results that the project keeps, so that nobody who clones it has to compute them: one small text file each.

In: a result as JSON, the digest of what is known of its origin before it is computed, and what its run read. Out: the
result, as long as all that it was derived from is what it was. The file holds one hash of that and of the result
itself: where it does not fit, because a model, a kernel or a number was changed, the file counts as absent. What
computed the result, adapter and versions, stands in it and is no part of the hash. Nor is the code that makes a result
of a run's numbers, outside of `provenance.ENGINE`: who changes what it gives raises FORMAT. It does not know what
results mean.
"""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from site_builder.errors import ResultError
from site_builder.project.cache import FULL, digest, write_atomically
from site_builder.record.provenance import Dependencies
from site_builder.record.records import to_json

FORMAT = "2"  # of what results hold; another number makes all of them count as absent
LIMIT = 300_000  # bytes of a file; a larger result is compressed, and where that is not enough every clone computes it
DEFLATED = "deflated"
NESTED = 2  # levels of a result whose keys stand on lines of their own, so that a change reads well in a diff


@dataclass(frozen=True)
class KeptResult:
    """A place in the project for one result of what `origin` names, in words.

    `base` is the digest of the code and the parameters that it comes from.
    """

    root: Path
    path: Path
    origin: str
    base: str

    def find(self) -> Any:
        """The result; None where there is none, or one that was derived from something else."""
        stored = self._stored()
        try:
            result, dependencies = stored["result"], Dependencies.from_lists(stored["read"])
            fits = stored["hash"] == self._hash(dependencies, result)
        except (KeyError, TypeError, AttributeError, ValueError):  # numbers that JSON lacks, paths that no system has
            return None
        return result if fits else None

    def seconds(self) -> float | None:
        """How long the last result took, also one that does not fit any more."""
        found = self._stored().get("seconds")
        return float(found) if isinstance(found, int | float) else None

    def store(self, dependencies: Dependencies, result: Any, seconds: float) -> bool:
        """Keep a result, and how long it took; False, and no file, where it is larger than LIMIT."""
        listed = dependencies.listed()
        content = {
            "about": f"Computed by {self.origin} and kept by build-site; an edited result is not used.",
            "hash": self._hash(Dependencies.from_lists(listed), result),
            "read": listed,
            "seconds": round(seconds, 1),
            "result": result,
        }
        text = _text(content, NESTED + 1)
        if len(text.encode()) > LIMIT:
            deflated = base64.b64encode(zlib.compress(to_json(result).encode(), 9)).decode()
            text = _text({**content, "result": {DEFLATED: deflated}}, 1)
        if len(text.encode()) > LIMIT:
            self.path.unlink(missing_ok=True)
            return False
        try:
            write_atomically(self.path, (text + "\n").encode())
        except OSError as error:
            if error.errno in FULL:
                raise
            raise ResultError(f"the result of {self.origin} cannot be kept: {error.strerror}", self.path) from error
        return True

    def _stored(self) -> dict[str, Any]:
        try:
            stored = json.loads(self.path.read_bytes())
            if isinstance(stored["result"], dict) and DEFLATED in stored["result"]:
                stored["result"] = json.loads(zlib.decompress(base64.b64decode(stored["result"][DEFLATED])))
        except (OSError, ValueError, KeyError, TypeError, RecursionError, zlib.error):
            return {}
        return stored if isinstance(stored, dict) else {}

    def _hash(self, dependencies: Dependencies, result: Any) -> str:
        return digest(FORMAT, self.base, dependencies.digest(self.root), to_json(result))


def _text(value: Any, levels: int, indent: int = 1) -> str:
    """JSON with the keys of the outer `levels` of objects on lines of their own."""
    if not isinstance(value, dict) or not value or not levels:
        return to_json(value)
    inner = (f"{' ' * indent}{json.dumps(key)}: {_text(each, levels - 1, indent + 1)}" for key, each in value.items())
    return "{\n" + ",\n".join(inner) + "\n" + " " * (indent - 1) + "}"
