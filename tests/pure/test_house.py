"""The rules of the house, on the sources: who imports whom, how long things are, what must not be in them."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from site_builder.project.paths import is_kept
from site_builder.record import provenance

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "site_builder"

# What each part of the package may import of the others. Whoever is not named as a key imports none of them.
MAY_IMPORT = {
    "errors": "",
    "project": "errors",
    "markup": "",
    "config": "errors project",
    "publish": "errors",
    "graph": "errors",
    "nn": "errors graph",
    "plan": "errors project graph",
    "modules": "errors project plan",
    "run": "errors graph plan",
    "data": "errors project run",
    "record": "errors project graph plan modules run data",
    "selfcheck": "errors project graph plan modules run",
    "figures": "errors project graph data record",
    "content": "errors markup project",
    "pages": "errors markup project",
    "bundle": "errors project",
    "panels": "errors project bundle",
    "inputs": "errors project",
    "new": "errors content",
    "serve": "errors inputs project",
    "doctor": "errors markup project config bundle modules run selfcheck",
    "assembly": "errors markup project config modules content pages bundle panels figures data record",
    "site": "errors project record inputs publish assembly",
    "cli": "errors project config doctor new serve site",
}
# What the plans of experiments and demos are made and run by, and so what their results are derived from.
ENGINE = ("errors", "graph", "nn", "plan", "run")
# Only these know how things are run: `record` starts runners, the self-check and the doctor ask about the adapter.
RUNNERS = ("run.device", "run.on_wgpu", "run.on_processor", "run.on_numpy", "run.definitions")
KNOWS_RUNNERS = ("run", "record", "selfcheck", "doctor")
# Where a library may be imported: a module, a folder, or several.
HOME = {
    "wgpu": ("run/device.py", "run/on_wgpu.py"),
    "wasmtime": ("run/on_processor.py",),
    "markdown_it": ("content/markdown.py",),
    "mdit_py_plugins": ("content/markdown.py",),
    "matplotlib": ("figures/",),
    "numpy": ("run/", "data/", "record/", "selfcheck/", "figures/"),
    "torch": (),
}
# What authors import.
PUBLIC = tuple(f"{PACKAGE}{part}" for part in ("", ".graph", ".nn", ".plan", ".run", ".data", ".figures"))
BEYOND_PUBLIC = {
    ("demos/backprop/model.py", "site_builder.graph.derivatives"): "shows the reader the rows of that very table",
}

LONGEST_FILE, LONGEST_FUNCTION, LONGEST_LINE = 300, 40, 120
LONG_FILES = {
    "site_builder/figures/theme.py": "every kind of picture that figures are made of, and the settings they share",
    "static/theme/layout.css": "the page's grid at every width, in one place",
    "static/theme/prose.css": "every element that prose is made of",
    "tests/gpu/kernels/general.py": "a table with a case for each kernel",
}
LONG_FUNCTIONS = {
    ("demos/digits/model.py", "build"): "the model as the article shows it",
    ("demos/folding/model.py", "build"): "the model as the article shows it",
    ("demos/perceptron/model.py", "build"): "the model as the article shows it",
    ("demos/perceptron/model.py", "_add_margin"): "two programs that share their tensors",
    ("site_builder/figures/theme.py", "_settings"): "a table of matplotlib's settings",
    ("tests/browser/fixtures/separator/plan.py", "plan"): "a plan written out by hand",
}

CODE = (".py", ".js", ".mjs", ".ts", ".css", ".wgsl")
TEXT = (*CODE, ".md", ".html", ".toml", ".json", ".xml", ".lock", "")
UNFINISHED = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)))
# Locks name versions and hashes; where packages come from is the machine's own business.
PLACES = re.compile(
    "|".join(
        ("pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.(org|com)", "/" + "work/", "/opt/" + "(pypi|wheels)")
    )
)
NAMES_PLACES = {
    "tests/pure/bundle/test_node.py": "refuses every other host in the lock",
}


@cache
def files() -> tuple[str, ...]:
    """What git keeps."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(name for name in listed.split("\0") if name and (ROOT / name).exists())


def python_files(*folders: str) -> list[str]:
    return [name for name in files() if name.endswith(".py") and name.startswith(folders)]


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def imports(name: str) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, by its full name; names from a package count as modules."""
    package = Path(name).parts[:-1]
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *([node.module] if node.module else [])))
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def part_of(name: str) -> str:
    """ "site_builder/graph/ops/table.py" is of the part graph, "site_builder/cli.py" of cli."""
    return Path(name).parts[1].removesuffix(".py")


def test_parts_import_only_what_lies_below_them() -> None:
    wrong = []
    parts = {part_of(name) for name in python_files(f"{PACKAGE}/")} - {"__init__"}
    assert parts == set(MAY_IMPORT)
    for name in python_files(f"{PACKAGE}/"):
        me = part_of(name)
        for module in imports(name):
            if not module.startswith(f"{PACKAGE}."):
                continue
            inner = module.removeprefix(f"{PACKAGE}.")
            other = inner.partition(".")[0]
            if other in parts and other != me and other not in MAY_IMPORT.get(me, "").split():
                wrong.append(f"{name} imports {module}")
            if inner.startswith(RUNNERS) and me not in KNOWS_RUNNERS:
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_parts_do_not_import_in_circles() -> None:
    done: list[str] = []
    for part, below in MAY_IMPORT.items():
        assert set(below.split()) <= {*done}, f"{part} may import what is only defined after it"
        done.append(part)


def test_the_engine_needs_nothing_that_may_change_without_a_retraining() -> None:
    assert tuple(f"{part}.py" if part == "errors" else part for part in ENGINE) == provenance.ENGINE
    below = {other for part in ENGINE for other in MAY_IMPORT[part].split()}
    assert below <= {*ENGINE, "project"}
    used = {
        module
        for part in ENGINE
        for name in python_files(f"{PACKAGE}/{part}")
        for module in imports(name)
        if module.startswith(f"{PACKAGE}.project.")
    }
    assert {".".join(module.split(".")[:3]) for module in used} == {f"{PACKAGE}.project.paths"}, "where kernels lie"


def test_libraries_stay_in_their_rooms() -> None:
    wrong = []
    for name in python_files(f"{PACKAGE}/"):
        inner = name.removeprefix(f"{PACKAGE}/")
        for module in imports(name):
            homes = HOME.get(module.partition(".")[0])
            if homes is not None and not inner.startswith(homes or ("nowhere",)):
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_authors_use_public_names() -> None:
    wrong = []
    for name in python_files("demos/", "posts/"):
        for node in ast.walk(tree(name)):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                ours = (module or "").startswith(PACKAGE)
                if ours and module not in PUBLIC and (name, module) not in BEYOND_PUBLIC:
                    wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_modules_are_imported_by_their_full_names() -> None:
    """A neighbour's bare name leads to it only while pytest has put its folder on the path; conftests are pytest's."""
    wrong = []
    for name in python_files("tests/", "scripts/"):
        neighbours = {part.stem for part in (ROOT / name).parent.glob("*.py")}
        for module in imports(name):
            if module in neighbours or (name.startswith("scripts/") and module.endswith(".conftest")):
                wrong.append(f"{name} imports {module}")
    assert wrong == []


def test_a_module_names_the_others_in_one_way() -> None:
    """By their full names or by their places, not by both."""
    wrong = []
    for name in python_files(f"{PACKAGE}/"):
        froms = [node for node in ast.walk(tree(name)) if isinstance(node, ast.ImportFrom)]
        ours = {node.level > 0 for node in froms if node.level or (node.module or "").startswith(PACKAGE)}
        wrong += [name] if len(ours) > 1 else []
    assert wrong == []


def test_modules_say_what_they_are_for() -> None:
    silent = [
        name
        for name in python_files(f"{PACKAGE}/", "demos/", "posts/", "tests/")
        if tree(name).body and not ast.get_docstring(tree(name))
    ]
    assert silent == []


def test_files_are_short_or_say_why_not() -> None:
    lengths = {name: len((ROOT / name).read_bytes().splitlines()) for name in files() if name.endswith(CODE)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE}.keys() == LONG_FILES.keys()


def test_functions_are_short_or_say_why_not() -> None:
    lengths = {
        (name, node.name): (node.end_lineno or 0) - node.lineno + 1
        for name in python_files("")
        for node in ast.walk(tree(name))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {place for place, lines in lengths.items() if lines > LONGEST_FUNCTION} == LONG_FUNCTIONS.keys()


def types_of(name: str) -> Iterator[str]:
    """The classes of a file, and what it calls other types: `Name = …` at its top level."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.ClassDef):
            yield node.name
    for node in tree(name).body:
        if isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            yield from (each for each in names if re.fullmatch(r"[A-Z][a-z]\w*", each))


def test_a_type_has_a_name_of_its_own() -> None:
    found = [each for name in python_files(f"{PACKAGE}/") for each in types_of(name)]
    assert {each for each in found if found.count(each) > 1} == set()


def mentions(pattern: re.Pattern[str]) -> list[str]:
    """Where tracked text matches, as file:line."""
    found = []
    for name in files():
        if Path(name).suffix in TEXT and "LICENSE" not in name and not is_kept(name):  # compressed numbers are no words
            lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
            found += [f"{name}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]
    return found


def test_nothing_is_left_for_later() -> None:
    assert mentions(UNFINISHED) == []


def test_no_package_host_and_no_machine_is_named() -> None:
    assert {place.partition(":")[0] for place in mentions(PLACES)} == NAMES_PLACES.keys()


def test_every_kernel_has_a_case_and_a_line_in_the_readme() -> None:
    cases = "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "tests/gpu/kernels").glob("*.py")))
    table = (ROOT / "shaders/README.md").read_text(encoding="utf-8")
    for name in files():
        if name.endswith(".wgsl") and name.startswith("shaders/"):
            folder, _, file = name.removeprefix("shaders/").partition("/")
            assert folder in ("lib", "plots", "processor") or f'"{name}"' in cases, (
                f"{name} has no case in tests/gpu/kernels/"
            )
            assert f"`{folder}/{file}`" in table, f"{name} is missing in shaders/README.md"


@pytest.mark.parametrize("check", ["style", "layout", "types", "javascript"])
def test_sources_pass(check: str) -> None:
    done = subprocess.run([ROOT / "scripts/check", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
