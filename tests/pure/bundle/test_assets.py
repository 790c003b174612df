"""Bundles: fingerprinted, minified, split, the same bytes everywhere, and errors with a place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from site_builder.bundle.assets import Bundle, asset, bundle, static_files
from site_builder.bundle.node import NodePackages
from site_builder.errors import BuildError
from site_builder.project import paths
from site_builder.project.cache import Cache

PROJECT = Path(__file__).parents[3]
FILES = {
    "demos/one/demo.js": 'import { start } from "../runtime/index.js";\n// a remark\nstart("one");\n',
    "demos/two/demo.js": 'import { start } from "../runtime/index.js";\nimport "./demo.css";\nstart("two");\n',
    "demos/two/demo.css": "live-demo { --demo-height: 40rem; }\n",
    "demos/runtime/runtime.css": "live-demo { color: red; }\n",
    "demos/runtime/index.js": 'export { start } from "./start.js";\n',
    "demos/runtime/start.js": (
        'import "./runtime.css";\nimport k from "./line.wgsl";\nexport const start = (x) => console.log(x, k);\n'
    ),
    "demos/runtime/line.wgsl": "// what a line is\n@vertex\nfn main() {} /* end */\n",
    "static/theme/site.css": '@import "./tokens.css";\n@font-face { src: url("../fonts/prose.woff2"); }\n',
    "static/theme/tokens.css": ":root { --ink: #191c1f; }\n",
    "static/theme/theme.js": "document.title;\n",
    "static/fonts/prose.woff2": "not really a font",
    "static/robots.txt": "User-agent: *\n",
    "static/icons/icon.svg": "<svg/>",
    "demos/runtime/spoilt.js": "let = = 1;\n",
    "static/README.md": "not for the site",
    "static/.hidden": "neither",
}


@pytest.fixture(scope="session")
def node() -> NodePackages:
    return NodePackages(PROJECT / ".cache")


Make = Callable[..., Path]


@pytest.fixture(autouse=True)
def generator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A generator that comes with nothing but what a test gives it."""
    package = tmp_path / "generator" / "site_builder"
    package.mkdir(parents=True)
    monkeypatch.setattr(paths, "PACKAGE", package)
    return package


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(name: str = "project", **changed: str | None) -> Path:
        for path, text in {**FILES, **changed}.items():
            if text is not None:
                file = tmp_path / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
        return tmp_path / name

    return make


def data(made: Bundle, source: str) -> str:
    return made.files[made.urls[source].lstrip("/")].decode()


def test_every_source_has_a_fingerprinted_url(make: Make, node: NodePackages, tmp_path: Path) -> None:
    made = bundle(make(), Cache(tmp_path / "cache"), node)
    names = {source: re.sub(r"-([A-Z0-9]{8}|[0-9a-f]{10})\.", ".", url) for source, url in made.urls.items()}
    assert names == {
        "demos/one/demo.js": "/assets/one.js",
        "demos/two/demo.js": "/assets/two.js",
        "demos/runtime/runtime.css": "/assets/runtime.css",
        "demos/two/demo.css": "/assets/two.css",
        "static/fonts/prose.woff2": "/assets/prose.woff2",
        "static/icons/icon.svg": "/assets/icon.svg",
        "static/theme/site.css": "/assets/site.css",
        "static/theme/theme.js": "/assets/theme.js",
        "static/theme/tokens.css": "/assets/tokens.css",
    }


def test_runtime_is_shared_minified_and_preloaded(make: Make, node: NodePackages, tmp_path: Path) -> None:
    made = bundle(make(), Cache(tmp_path / "cache"), node)
    chunk, own = made.scripts["demos/one/demo.js"]
    assert own == made.urls["demos/one/demo.js"]
    assert made.scripts["demos/two/demo.js"] == (chunk, made.urls["demos/two/demo.js"])
    runtime = made.files[chunk.lstrip("/")].decode()
    assert "@vertex\\nfn main() {}" in runtime or "@vertex\nfn main() {}" in runtime
    assert "what a line is" not in runtime
    assert "a remark" not in data(made, "demos/one/demo.js")
    assert not any("sourceMappingURL" in each.decode() for each in made.files.values())


def test_a_demo_loads_of_the_runtime_only_what_it_takes(make: Make, node: NodePackages, tmp_path: Path) -> None:
    views = {
        "demos/runtime/index.js": 'export { start } from "./start.js";\nexport { field, line } from "./views.js";\n',
        "demos/runtime/views.js": "console.log('views');\nexport const field = () => 1, line = () => 2;\n",
        "demos/two/demo.js": 'import {\n  field,\n  start as begin,\n} from "../runtime/index.js";\nbegin(field());\n',
    }
    made = bundle(make(**views), Cache(tmp_path / "cache"), node)
    loads = {
        name: "".join(made.files[url.lstrip("/")].decode() for url in made.scripts[f"demos/{name}/demo.js"])
        for name in ("one", "two")
    }
    assert "views" in loads["two"]
    assert "views" not in loads["one"]
    views["demos/two/demo.js"] += "let = ;\n"
    with pytest.raises(BuildError, match=r"^demos/two/demo\.js:6: "):
        bundle(make(**views), Cache(tmp_path / "cache"), node)


WORKER = {
    "demos/runtime/start.js": (
        "export const start = (x) =>\n"
        '  new Worker(new URL("./in/worker.js", import.meta.url), { type: "module" }).postMessage(x);\n'
    ),
    "demos/runtime/in/worker.js": 'import { twice } from "./twice.js";\nonmessage = ({ data }) => twice(data);\n',
    "demos/runtime/in/twice.js": "// a remark\nexport const twice = (x) => postMessage(2 * x);\n",
}


def test_a_worker_is_an_asset_of_its_own(make: Make, node: NodePackages, tmp_path: Path) -> None:
    """Whole and minified, under a name that the script knows, and not loaded with it."""
    made = bundle(make(**WORKER), Cache(tmp_path / "cache"), node)
    (name,) = (name for name in made.files if re.fullmatch(r"assets/worker-[A-Z0-9]{8}\.js", name))
    chunk = made.files[made.scripts["demos/one/demo.js"][0].lstrip("/")].decode()
    assert re.search(rf'"/{name}".*new Worker\(new URL\(\w+,import\.meta\.url\)', chunk)
    assert all(f"/{name}" not in scripts for scripts in made.scripts.values())
    assert re.fullmatch(r"var (\w+)=(\w+)=>postMessage\(2\*\2\);onmessage=.*\1\(\w+\);\n", made.files[name].decode())
    changed = WORKER | {"demos/runtime/in/twice.js": "export const twice = (x) => postMessage(3 * x);\n"}
    assert name not in bundle(make(**changed), Cache(tmp_path / "cache"), node).files


LIST = (
    '/** A list. */\nexport { one } from "./one.js";\nexport { all } from "./all.js";\n'
    'export { two } from "./two.js";\n'
)
LISTS = {
    "demos/one/demo.js": 'import { one, all } from "../runtime/list/index.js";\none(all);\n',
    "demos/two/demo.js": 'import {\n  all,\n  two as second,\n} from "../runtime/list/index.js";\nsecond(all);\n',
    "demos/runtime/list/index.js": LIST,
    "demos/runtime/list/one.js": 'export const one = (x) => console.log("the first", x);\nexport const two = 2;\n',
    "demos/runtime/list/two.js": 'export const two = (x) => console.log("the second", x);\n',
    "demos/runtime/list/all.js": 'export const all = "for all";\n',
}


def test_a_script_loads_only_what_it_takes_from_a_list(make: Make, node: NodePackages, tmp_path: Path) -> None:
    """What one demo uses is no burden to another; what both use is shared."""
    made = bundle(make(**LISTS), Cache(tmp_path / "cache"), node)
    one, two = (set(made.scripts[f"demos/{name}/demo.js"]) for name in ("one", "two"))
    texts = [b"".join(made.files[each.lstrip("/")] for each in found) for found in (one, two)]
    words = (b"the first", b"the second", b"for all")
    assert [[word in text for word in words] for text in texts] == [[True, False, True], [False, True, True]]
    assert len(one & two) == 1


def test_what_a_list_lacks_is_said_at_its_line(make: Make, node: NodePackages, tmp_path: Path) -> None:
    broken = LISTS | {
        "demos/two/demo.js": '\nimport {\n  all,\n  three,\n} from "../runtime/list/index.js";\nthree(all);\n'
    }
    with pytest.raises(BuildError, match="three") as raised:
        bundle(make(**broken), Cache(tmp_path / "cache"), node)
    assert "demos/two/demo.js:2" in str(raised.value)


def test_sheets_that_scripts_import_are_linked_once(make: Make, node: NodePackages, tmp_path: Path) -> None:
    made = bundle(make(), Cache(tmp_path / "cache"), node)
    runtime, own = made.urls["demos/runtime/runtime.css"], made.urls["demos/two/demo.css"]
    assert made.styles["demos/one/demo.js"] == (runtime,)
    assert made.styles["demos/two/demo.js"] == (runtime, own)
    assert sum(b"live-demo{color:red}" in data for data in made.files.values()) == 1


def test_styles_are_joined_and_fonts_fingerprinted(make: Make, node: NodePackages, tmp_path: Path) -> None:
    made = bundle(make(), Cache(tmp_path / "cache"), node)
    sheet = data(made, "static/theme/site.css")
    assert ":root{--ink: #191c1f}" in sheet
    font = re.search(r"url\(\"?/(assets/prose-[A-Z0-9]{8}\.woff2)", sheet)
    assert font is not None
    assert made.files[font[1]] == b"not really a font"


@pytest.mark.parametrize("changed", [{}, WORKER], ids=["plain", "with a worker"])
def test_the_same_bytes_in_another_folder(
    make: Make, node: NodePackages, tmp_path: Path, changed: dict[str, str]
) -> None:
    one = bundle(make("one", **changed), Cache(tmp_path / "cache-1"), node)
    other = bundle(make("elsewhere", **changed), Cache(tmp_path / "cache-2"), node)
    assert one == other


def test_unchanged_sources_need_no_node(
    make: Make, node: NodePackages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, cache = make(), Cache(tmp_path / "cache")
    first = bundle(project, cache, node)
    monkeypatch.setattr(NodePackages, "run", None)
    assert bundle(project, cache, node) == first
    make(**{"demos/runtime/line.wgsl": "@vertex\nfn other() {}\n"})
    with pytest.raises(TypeError):
        bundle(project, cache, node)


@pytest.mark.parametrize("installed", [True, False], ids=["wheel", "checkout"])
def test_project_without_runtime_takes_the_generators(
    make: Make, node: NodePackages, tmp_path: Path, generator: Path, installed: bool
) -> None:
    expected = bundle(make("whole"), Cache(tmp_path / "cache-1"), node)
    place = generator / "_runtime" if installed else generator.parent / "demos" / "runtime"
    place.parent.mkdir(parents=True, exist_ok=True)
    (make("bare") / "demos" / "runtime").rename(place)
    made = bundle(tmp_path / "bare", Cache(tmp_path / "cache-2"), node)
    assert made == expected


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        ("demos/one/demo.js", "let a;\nlet b = ;\n", 'demos/one/demo.js:2: esbuild says: Unexpected ";".'),
        (
            "demos/two/demo.js",
            'import "./gone.js";\n',
            'demos/two/demo.js:1: esbuild says: Could not resolve "./gone.js".',
        ),
        (
            "demos/runtime/start.js",
            'export const start = () =>\n  new URL("./gone.js", import.meta.url);\n',
            'demos/runtime/start.js:2: esbuild says: Could not resolve "./gone.js".',
        ),
        (
            "demos/two/demo.js",
            'new Worker(new URL("../runtime/spoilt.js", import.meta.url));\n',
            'demos/runtime/spoilt.js:1: esbuild says: Unexpected "=".',
        ),
    ],
)
def test_errors_have_a_place(
    make: Make, node: NodePackages, tmp_path: Path, path: str, text: str, sentence: str
) -> None:
    with pytest.raises(BuildError) as caught:
        bundle(make(**{path: text}), Cache(tmp_path / "cache"), node)
    assert str(caught.value) == sentence


def test_asset_name_is_the_hash_of_its_content() -> None:
    assert asset("digits.json", b"1")[0] != asset("digits.json", b"2")[0]
    assert re.fullmatch(r"assets/digits-[0-9a-f]{10}\.json", asset("digits.json", b"1")[0])


def test_static_files_are_copied_as_they_are(make: Make) -> None:
    assert static_files(make()) == {"robots.txt": b"User-agent: *\n"}


def test_static_link_out_of_the_project(make: Make, tmp_path: Path) -> None:
    project = make()
    (tmp_path / "secret").write_text("x")
    (project / "static" / "leak").symlink_to(tmp_path / "secret")
    with pytest.raises(BuildError, match="static/leak: this link leads out of the project"):
        static_files(project)
