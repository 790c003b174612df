"""Which posts are published, and which of them are chapters."""

from __future__ import annotations

from pathlib import Path

from .conftest import FIGURES, POST, build_site, write


def test_drafts_are_left_out_and_taken_in(project: Path) -> None:
    write(project, "posts/03-three/index.md", POST.format(title="Three\ndraft: true", other="01-one"))
    write(project, "posts/03-three/figures.py", FIGURES)
    done = build_site(project)
    assert "The draft three is left out" in done.stdout
    assert not (project / "_site/three").exists()
    assert build_site(project, "build", "--drafts").returncode == 0
    assert (project / "_site/three").exists()
    assert build_site(project).returncode == 0
    assert not (project / "_site/three").exists(), "a draft stays published after a build without --drafts"


def test_what_is_not_listed_is_a_page_and_no_chapter(project: Path) -> None:
    write(project, "posts/extra/index.md", POST.format(title="Extra\nlisted: false", other="01-one"))
    write(project, "posts/extra/figures.py", FIGURES)
    write(project, "posts/02-two/index.md", POST.format(title="Two", other="extra"))
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    site = project / "_site"
    page = (site / "extra/index.html").read_text(encoding="utf-8")
    assert '<meta name="robots" content="noindex">' in page
    for gone in ('class="chapter"', 'class="turn"', '"position"', "None"):
        assert gone not in page, gone
    assert 'href="/extra/"' in (site / "two/index.html").read_text(encoding="utf-8"), "a post may link to it"
    assert '<nav class="turn"' in (site / "two/index.html").read_text(encoding="utf-8")
    assert 'rel="next"' not in (site / "two/index.html").read_text(encoding="utf-8")
    for listing in ("index.html", "feed.xml", "sitemap.xml"):
        assert "Extra" not in (site / listing).read_text(encoding="utf-8"), listing
        assert "<loc>https://example.org/extra/" not in (site / listing).read_text(encoding="utf-8")


def test_one_post_may_open_the_first_page(project: Path) -> None:
    write(project, "posts/opening/index.md", POST.format(title="Opening\nfront: true", other="01-one"))
    write(project, "posts/opening/figures.py", FIGURES)
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    site = project / "_site"
    first = (site / "index.html").read_text(encoding="utf-8")
    assert first.index('class="live"') < first.index('<ol class="chapters">')
    assert 'href="/one/"' in first.partition('class="live"')[2].partition("</header>")[0], "its text, with its links"
    assert not (site / "opening").exists(), "it has no page of its own"
    assert "Opening" not in (site / "feed.xml").read_text(encoding="utf-8")
    write(project, "posts/other/index.md", POST.format(title="Other\nfront: true", other="01-one"))
    write(project, "posts/other/figures.py", FIGURES)
    done = build_site(project)
    assert done.returncode == 2
    assert "posts/other/index.md:1: the first page begins with one post, and there are two." in done.stderr
