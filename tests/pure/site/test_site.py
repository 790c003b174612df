"""A whole project, without a GPU: what is built, what is built again, and what happens when something is wrong."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from site_builder.markup import read
from site_builder.project import paths

from .conftest import ENVIRONMENT, FIGURES, POST, PROJECT, SITE, build_site, content, make, write


def test_everything_is_there(built: Path) -> None:
    names = set(content(built / "_site"))
    assert {"index.html", "404.html", "feed.xml", "sitemap.xml", "robots.txt", "one/index.html"} <= names
    assert any(re.fullmatch(r"assets/theme-[A-Z0-9]{8}\.css", name) for name in names)
    assert not any("tokens" in name for name in names), "an asset that no page names is published"


def test_page_holds_value_figure_and_formula(built: Path) -> None:
    page = (built / "_site/one/index.html").read_text(encoding="utf-8")
    assert "3" in [each.text for each in read(page).walk("data")]
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="figure-svg only-wide"' in page
    assert "<math>" in page
    assert 'href="/two/"' in page
    assert "style=" not in page


def test_nothing_changed_is_nothing_done(project: Path) -> None:
    before = (project / "_site/index.html").stat().st_ino
    done = build_site(project)
    assert done.returncode == 0
    assert "Nothing changed: 4 pages in" in done.stdout
    assert done.stderr == ""
    assert (project / "_site/index.html").stat().st_ino == before


def test_unchanged_build_imports_nothing_heavy(project: Path) -> None:
    build_site(project)
    script = """if True:
        import sys
        from site_builder.cli import run
        assert run([]) == 0
        heavy = {"numpy", "matplotlib", "wgpu", "jinja2", "pygments", "markdown_it", "rich", "yaml", "PIL", "pybtex"}
        print("HEAVY", sorted(heavy & set(sys.modules)))
    """
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert "Nothing changed" in done.stdout
    assert "HEAVY []" in done.stdout


def test_changed_paragraph_runs_no_experiment(project: Path) -> None:
    post = project / "posts/01-one/index.md"
    post.write_text(post.read_text().replace("A text", "Another text"))
    done = build_site(project)
    assert "Computed" not in done.stderr
    assert "Drew" not in done.stderr
    assert "Another text" in (project / "_site/one/index.html").read_text()


def test_changed_experiment_is_run_again(project: Path) -> None:
    figures = project / "posts/01-one/figures.py"
    figures.write_text(figures.read_text().replace('"total": 3', '"total": 5'))
    done = build_site(project)
    assert "Computed count (posts/01-one/figures.py), 1 of 1" in done.stderr
    assert ">5</data>" in (project / "_site/one/index.html").read_text()
    assert ">3</data>" in (project / "_site/two/index.html").read_text()


def test_damaged_site_is_built_again(project: Path) -> None:
    expected = content(project / "_site")
    (project / "_site/index.html").write_text("edited by hand")
    (project / "_site/two/index.html").unlink()
    assert "Built 4 pages" in build_site(project).stdout
    assert content(project / "_site") == expected


def test_two_builds_are_byte_identical(built: Path, tmp_path: Path) -> None:
    other = make(tmp_path / "elsewhere")
    assert build_site(other).returncode == 0
    assert content(other / "_site") == content(built / "_site")


def test_check_publishes_nothing(project: Path) -> None:
    shutil.rmtree(project / "_site")
    done = build_site(project, "check")
    assert done.returncode == 0
    assert "All is well: 4 pages" in done.stdout
    assert not (project / "_site").exists()


def test_unused_figure_is_a_warning_that_counts(project: Path) -> None:
    figures = project / "posts/01-one/figures.py"
    figures.write_text(
        figures.read_text() + '\n\n@figure(count, alt="The same.")\ndef again(result):\n    return squares(result)\n'
    )
    for _ in range(2):  # the second time from the manifest
        done = build_site(project)
        assert "warning: posts/01-one/figures.py:21: the post does not show the figure again." in done.stderr
        assert ", 1 warning." in done.stdout


BAD = {
    "settings": ("site.toml", SITE + "theme = 1\n", ["site.toml:6: unknown setting"]),
    "front matter": ("posts/01-one/index.md", "no front matter", ["posts/01-one/index.md:1: the post has"]),
    "slug": (
        "posts/02-two/index.md",
        POST.format(title="Two\nslug: one", other="01-one"),
        ["posts/02-two/index.md:1: the slug `one` is already that of posts/01-one/index.md."],
    ),
    "reserved": (
        "posts/02-two/index.md",
        POST.format(title="Two\nslug: assets", other="01-one"),
        ["posts/02-two/index.md:1: the slug `assets` is kept for the site's own use."],
    ),
    "number": ("posts/01-other/index.md", POST.format(title="Other", other="01-one"), ["posts/01-other: the number"]),
    "folder": (
        "posts/three/index.md",
        POST.format(title="Three", other="01-one"),
        ["posts/three: a post's folder begins"],
    ),
    "unknown names": (
        "posts/01-one/index.md",
        POST.format(title="One", other="02-two")
        + ":::{figure} sqares\nx\n:::\n\n:::{demo} nothing\n:::\n\n{cite}`nobody`\n",
        [
            "index.md:27: there is no entry in the bibliography `nobody`.",
            "index.md:20: there is no figure `sqares`. Perhaps `squares` is meant.",
            "index.md:24: there is no demo `nothing`.",
        ],
    ),
    "claim": (
        "posts/01-one/figures.py",
        FIGURES.replace('"total": 3', '"total": 1'),
        ["posts/01-one/index.md:15:"],
    ),
    "experiment": (
        "posts/01-one/figures.py",
        FIGURES.replace("return {", "raise RuntimeError('no'); return {"),
        ["posts/01-one/figures.py:10: the experiment count failed with RuntimeError: no."],
    ),
    "formula": (
        "posts/01-one/index.md",
        POST.format(title="One", other="02-two").replace("$x^2$", r"$\nope$"),
        ["posts/01-one/index.md:7: the formula"],
    ),
    "thumbnail": (
        "posts/01-one/index.md",
        POST.format(title="One", other="02-two").replace("\n---\n", "\nthumbnail: sqares\n---\n", 1),
        ["posts/01-one/index.md:1: there is no figure `sqares`. Perhaps `squares` is meant."],
    ),
    "script": ("demos/d/demo.js", "let = ;", ["demos/d/demo.js:1: esbuild says:"]),
    "static": ("static/one/index.html", "mine", ["two files of the site would lie at /one/index.html."]),
    "link": ("posts/01-one/index.md", POST.format(title="One", other="09-none"), ["leads to no post."]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence_each_and_publishes_nothing(project: Path, case: str) -> None:
    path, text, sentences = BAD[case]
    if case == "static":
        shutil.copytree(PROJECT / "static", project / "static")
    before = content(project / "_site")
    write(project, path, text)
    done = build_site(project)
    assert done.returncode == 2, done.stderr
    said = [line for line in done.stderr.splitlines() if not line.endswith(" ...")]
    assert len(said) == len(sentences), done.stderr
    for sentence in sentences:
        assert any(sentence in line for line in said), done.stderr
    assert content(project / "_site") == before
    assert not [name for name in os.listdir(project) if name.startswith("._site")]


def test_errors_of_several_posts_are_told_together(project: Path) -> None:
    for post in ("01-one", "02-two"):
        write(project, f"posts/{post}/index.md", "no front matter")
    done = build_site(project)
    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "posts/01-one/index.md",
        "posts/02-two/index.md",
    ]


@pytest.mark.parametrize(("link", "to"), [("figures.py", "secret.py"), ("figures", ""), ("figures/a.py", "secret.py")])
def test_link_out_of_the_project(project: Path, tmp_path: Path, link: str, to: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secret.py").write_text(FIGURES + "# elsewhere\n")
    (project / "posts/01-one/figures.py").unlink()
    path = project / "posts/01-one" / link
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(elsewhere / to)
    done = build_site(project)
    assert done.returncode == 2
    assert f"posts/01-one/{link}: this link leads out of the project." in done.stderr


@pytest.fixture
def slow(project: Path) -> Iterator[subprocess.Popen[str]]:
    """A build that hangs in an experiment."""
    figures = project / "posts/01-one/figures.py"
    figures.write_text(
        figures.read_text().replace(
            "return {", "open('/tmp/x' if 0 else __file__ + '.on', 'w'); import time; time.sleep(600); return {"
        )
    )
    command = [sys.executable, "-m", "site_builder.cli"]
    process = subprocess.Popen(command, cwd=project, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not figures.with_name("figures.py.on").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield process
    process.kill()
    process.wait()


def test_ctrl_c_leaves_the_old_site_and_no_process(project: Path, slow: subprocess.Popen[str]) -> None:
    before = content(project / "_site")
    slow.send_signal(signal.SIGINT)  # to the parent alone, as a supervisor would
    _, said = slow.communicate(timeout=30)
    assert slow.returncode == 130
    assert said.splitlines()[-1] == "Stopped. The published site is as it was."
    assert "Traceback" not in said
    assert content(project / "_site") == before


def test_full_disk_is_a_sentence(project: Path) -> None:
    before = content(project / "_site")
    post = project / "posts/01-one/index.md"
    post.write_text(post.read_text().replace("A text", "Another text, with a formula that must be kept: $q^7$"))
    done = build_with_a_full_disk(project)
    assert done.returncode == 2, done.stderr
    assert "No space left on device; the published site is as it was." in done.stderr
    assert content(project / "_site") == before


def test_disk_that_is_full_only_after_publishing_is_a_warning(project: Path) -> None:
    post = project / "posts/01-one/index.md"
    post.write_text(post.read_text().replace("A text", "Another text"))
    done = build_with_a_full_disk(project)
    assert done.returncode == 0, done.stderr
    assert (
        "the site is published, but what it was built from could not be noted (No space left on device)" in done.stderr
    )
    assert "Another text" in (project / "_site/one/index.html").read_text(encoding="utf-8")


def build_with_a_full_disk(project: Path) -> subprocess.CompletedProcess[str]:
    """A build for whose cache there is no room left."""
    script = """if True:
        import errno, os, sys, tempfile
        from site_builder.project import cache
        from site_builder import cli
        def full(*_, **__):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere")
        cache.tempfile.mkstemp = full
        sys.exit(cli.run([]))
    """
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=project, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def test_generator_folders_are_found_in_a_checkout() -> None:
    for folder in paths.SHARED:
        assert paths.shipped(folder) == PROJECT / folder


def test_a_project_uses_its_own_file_where_it_has_one(tmp_path: Path) -> None:
    own = tmp_path / "static/theme/tokens.css"
    own.parent.mkdir(parents=True)
    own.write_text(":root {}")
    beside = "static/theme/layout.css"
    assert paths.find(tmp_path, "static/theme/tokens.css") == own
    assert paths.find(tmp_path, beside) == PROJECT / beside
    found = paths.shared_files(tmp_path)
    assert found["static/theme/tokens.css"] == own
    assert found[beside] == PROJECT / beside
