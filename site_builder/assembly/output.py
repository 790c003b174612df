"""The site's files as they come together.

In: bytes under a path or as a fingerprinted asset. Out: one mapping, in which no path is taken twice. It does not know
what the files are, nor where they will be written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from ..bundle.assets import FOLDER, asset
from ..errors import PublishError

MENTION = re.compile(rb"/assets/([A-Za-z0-9_.-]+)")
MENTIONING = (".html", ".xml", ".css", ".js", ".json", ".svg")


class Output:
    """Files by their path in the site ("perceptron/index.html")."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def add(self, path: str, data: bytes | str) -> None:
        """A file at a path of its own. Raises PublishError where there is one already."""
        refuse_doubles([path], self.files)
        self.files[path] = data.encode() if isinstance(data, str) else data

    def add_all(self, files: Mapping[str, bytes]) -> None:
        """Several files at paths of their own."""
        for path, data in files.items():
            self.add(path, data)

    def asset(self, name: str, data: bytes | str) -> str:
        """A file whose name contains the hash of its content; returns its URL. The same content is kept once."""
        path, content = asset(name, data.encode() if isinstance(data, str) else data)
        self.files[path] = content
        return f"/{path}"

    def drop_unused_assets(self) -> None:
        """Keep of the assets those that a page names, or that one of these names in turn."""
        waiting = [path for path in self.files if not path.startswith(f"{FOLDER}/")]
        used = set(waiting)
        while waiting:
            path = waiting.pop()
            if path.endswith(MENTIONING):
                named = {f"{FOLDER}/{name.decode()}" for name in MENTION.findall(self.files[path])}
                new = (named & self.files.keys()) - used
                used |= new
                waiting += new
        self.files = {path: data for path, data in self.files.items() if path in used}


def refuse_doubles(paths: Iterable[str], taken: Collection[str] = ()) -> None:
    """Raise PublishError for the first path that is there twice, or taken already."""
    seen: set[str] = set()
    for path in paths:
        if path in seen or path in taken:
            raise PublishError(f"two files of the site would lie at /{path}", hint="Rename a post or a file in static/")
        seen.add(path)
