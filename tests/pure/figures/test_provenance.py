"""What a result is derived from: a change reaches what depends on it, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.errors import BuildError
from site_builder.figures.jobs import ExperimentJob
from site_builder.figures.scan import scan
from site_builder.project.paths import find
from site_builder.record import provenance, session

from .conftest import Project


@pytest.mark.parametrize(
    ("file", "old", "new", "ran"),
    [
        ("file", 'LINE_COLOUR = "cat-2"', 'LINE_COLOUR = "cat-3"', ["falling-curve"]),
        ("file", 'alt="A raster"', 'alt="A picture"', ["raster"]),
        ("file", "arange(6.0)", "arange(6.0)[::-1]", ["plain", "raster"]),
        ("file", "rate * level", "2.0 * rate * level", ["decay", "falling-curve", "raster"]),
        ("file", '"""A post\'s figures."""', "# only a comment", []),
        ("helper", "2.0", "3.0", ["decay", "falling-curve", "raster"]),
    ],
)
def test_a_change_reaches_what_depends_on_it_and_no_more(
    project: Project, file: str, old: str, new: str, ran: list[str]
) -> None:
    project.compute()
    project.change(getattr(project, file), old, new)
    assert project.compute()[1] == ran


def test_a_change_that_changes_no_number_stops_there(project: Project) -> None:
    project.compute()
    project.change(project.file, "np.arange(6.0).reshape(2, 3)", "np.arange(6.0).reshape((2, 3))")
    assert project.compute()[1] == ["plain"]


def test_a_changed_kernel_or_engine_or_data_set_counts(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.change(project.file, '{"numbers": ', '{"images": lab.dataset("spiral/points"), "numbers": ')
    project.compute()
    with monkeypatch.context() as changed:
        real = provenance.kernel_digest
        changed.setattr(provenance, "kernel_digest", lambda path: real(path) + "x" * path.match("shaders/*/*.wgsl"))
        assert "decay" in project.compute()[1]
    with monkeypatch.context() as changed:
        changed.setattr("site_builder.figures.experiments.engine", lambda root: "another engine")
        assert project.compute()[1][:2] == ["decay", "plain"]
    with monkeypatch.context() as changed:
        changed.setattr("site_builder.figures.build.versions", lambda names=(): {"matplotlib": "9"})
        assert project.compute()[1] == ["falling-curve", "raster"], "no library's version retrains"
    with monkeypatch.context() as changed:
        changed.setattr("site_builder.data.datasets.fingerprint", lambda root, name: "other points")
        assert project.compute()[1] == ["plain"]
    assert project.compute()[1] == []


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        ("run/on_numpy.py", True),
        ("graph/ops/table.py", True),
        ("nn/module.py", True),
        ("plan/lower.py", True),
        ("lib/*.wgsl", True),
        ("record/records.py", False),
        ("selfcheck/cases/table.py", False),
        ("project/paths.py", False),
    ],
)
def test_the_engine_is_all_that_computes(part: str, counts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    originals = {name: getattr(provenance, name) for name in ("kernel_digest", "code_digest")}

    def engine(said: str) -> str:
        for name in originals:
            real = originals[name]
            monkeypatch.setattr(provenance, name, lambda path, real=real: said if path.match(part) else real(path))
        return provenance.engine(Path.cwd())

    assert (engine("one") != engine("another")) == counts


def test_a_file_that_an_experiment_opens_counts(project: Project) -> None:
    numbers = project.root / "posts" / "01-first" / "numbers.csv"
    project.write(numbers, "1\n2\n")
    project.change(project.file, "np.arange(6.0).reshape(2, 3)", f"np.loadtxt({str(numbers)!r})[None]")
    project.compute()
    assert project.compute()[1] == []
    project.write(numbers, "1\n3\n")
    assert project.compute()[1] == ["plain", "raster"]


READING = """
import os
from pathlib import Path

HERE = Path(__file__).parent


def tried(path):
    try:
        return path.read_text()
    except OSError:
        return ""


def closed(path):
    with open(path) as file:
        return file.read()


def beside(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        return closed("beside.txt")
    finally:
        os.chdir(before)


@experiment
def plain(lab):
"""


@pytest.mark.parametrize(
    ("reading", "name"),
    [
        ("len(list(HERE.glob('*.txt')))", "more.txt"),
        ("len(os.listdir(HERE))", "more.txt"),
        ("len(tried(HERE / 'later.txt'))", "later.txt"),
        ("len(closed(os.fsencode(HERE / 'bytes.txt')))", "bytes.txt"),
        ("len((HERE / '.data' / 'hidden.txt').read_text())", ".data/hidden.txt"),
        ("len(beside(HERE))", "beside.txt"),
        ("len((HERE / 'code.py').read_text())", "code.py"),
    ],
)
def test_whatever_an_experiment_reads_counts(project: Project, reading: str, name: str) -> None:
    for each in ("bytes.txt", ".data/hidden.txt", "beside.txt"):
        project.write(project.post / each, "1")
    project.write(project.post / "code.py", "x = 1\n")
    project.change(project.file, "@experiment\ndef plain(lab):\n", READING.lstrip())
    project.change(project.file, "np.arange(6.0).reshape(2, 3)", f"np.full((2, 3), 1.0 * {reading})")
    project.compute()
    assert project.compute()[1] == []
    project.write(project.post / name, "x = 12345\n")
    assert project.compute()[1] == ["plain", "raster"]
    assert project.compute()[1] == []


def test_what_is_read_counts_wherever_the_project_lies(tmp_path: Path) -> None:
    """Also below a folder whose name, inside a project, says that what it holds is derived."""
    project = Project(tmp_path / ".cache" / "_site")
    numbers = project.post / "numbers.csv"
    project.write(numbers, "1\n2\n")
    project.change(project.file, "np.arange(6.0).reshape(2, 3)", f"np.loadtxt({str(numbers)!r})[None]")
    project.compute()
    project.write(numbers, "1\n3\n")
    assert project.compute()[1] == ["plain", "raster"]


def test_what_the_generator_looks_up_for_itself_does_not_count(project: Project) -> None:
    project.change(project.file, '{"numbers": ', '{"images": lab.dataset("spiral/points"), "numbers": ')
    project.compute()
    project.write(project.root / "posts" / "02-second" / "data.py", "x = 1\n")
    project.write(project.root / "README.md", "Words.\n")
    assert project.compute()[1] == []


@pytest.mark.parametrize("back", [False, True], ids=["changed", "changed and back"])
def test_what_changes_while_it_runs_is_refused_and_not_kept(project: Project, back: bool) -> None:
    numbers = project.post / "numbers.txt"
    project.write(numbers, "1\n")
    again = f"Path({str(numbers)!r}).write_text('1\\n')" if back else "None"
    change = f"[Path({str(numbers)!r}).read_text(), Path({str(numbers)!r}).write_text('234\\n'), {again}] and "
    project.change(project.file, "import numpy as np\n", "import numpy as np\nfrom pathlib import Path\n")
    project.change(project.file, '{"numbers": np', '{"numbers": ' + change + "np")
    with pytest.raises(BuildError, match=r"posts/01-first/numbers.txt changed while plain ran.* Build again"):
        project.compute()
    assert not (project.post / "results" / "plain.json").exists()


def test_code_that_changes_before_it_runs_is_refused_and_not_kept(project: Project) -> None:
    (found,) = [each for each in scan(project.root, project.post).experiments if each.name == "plain"]
    project.change(project.file, "np.arange(6.0)", "np.arange(6.0)[::-1]")
    job = ExperimentJob(project.root, found.file, found.name, found.line, found.code, "processor")
    with pytest.raises(BuildError, match=r"posts/01-first/figures.py changed while plain ran"):
        job()


def test_code_that_importlib_imports_counts(project: Project) -> None:
    project.write(project.root / "helpers" / "hidden.py", "from helpers.deeper import SIZE\n")
    project.write(project.root / "helpers" / "deeper.py", "SIZE = 6.0\n")
    project.change(project.file, "import numpy as np", "import importlib\n\nimport numpy as np")
    project.change(project.file, "np.arange(6.0)", 'np.arange(importlib.import_module("helpers.hidden").SIZE)')
    project.compute()
    project.change(project.root / "helpers" / "deeper.py", "SIZE", '"""What."""\nSIZE')
    assert project.compute()[1] == []
    project.change(project.root / "helpers" / "deeper.py", "6.0", "5.0 + 1")
    assert project.compute()[1] == ["plain"]


@pytest.mark.parametrize("name", ["demos/runtime/compiler/linear.js", "shaders/processor/functions.wgsl"])
def test_results_of_the_processor_derive_from_its_compiler(project: Project, name: str) -> None:
    own = find(project.root, name).read_text(encoding="utf-8")
    assert "decay" in project.compute()[1]
    project.write(project.root / name, own + "\nconst UNUSED = 1;\n")
    assert project.compute()[1] == ["decay"], "which gave the same, so no figure is drawn again"
    project.write(project.root / name, own + "\nconst UNUSED = 1;\n")
    assert project.compute()[1] == []


def test_those_of_a_driver_do_not(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "COMPILER", ())  # what the processor computes here looks like wgpu's
    project.compute()
    project.write(project.root / "demos/runtime/compiler/linear.js", "export const UNUSED = 1;")
    assert project.compute()[1] == []
