"""A project becomes the site's files: the one place that knows posts, models, figures, theme and pages.

In: the project's folder. Out: an `Assembled`: every file by its path, warnings, and notes for the console. It writes
nothing but the cache and results to be kept; what can be checked without running anything is checked first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import content, pages
from ..bundle.assets import Bundle, bundle, static_files
from ..bundle.node import NodePackages, lock_hash
from ..config import Config, load_config
from ..content import citations, math
from ..content.faults import collect_errors, raise_all
from ..errors import BuildError
from ..figures.build import Drawing, FigureSet, PostFigures
from ..figures.experiments import Experiments, unkept_results
from ..figures.tokens import TOKENS, read_tokens
from ..panels import Panel
from ..project.cache import Cache
from ..project.paths import find, shared_files
from ..project.progress import Notify
from ..record.compare import Compare
from ..record.demos import DemoPayload, demo_payloads
from ..record.trained import with_trained
from . import contents, origin, pictures
from .checks import Checked, check_posts, shared_names
from .demos import ModelAssets
from .links import broken_links
from .output import Output
from .panels import checked_panels
from .sources import Source, demo_files, gather, unused_figures

BIBLIOGRAPHY = "posts/references.bib"
FONTS = "static/fonts/"
REPLAY, LOADER = "demos/runtime/replay.js", "demos/runtime/load.js"


@dataclass(frozen=True)
class Assembled:
    """The site, complete and checked, and what there is to say about it."""

    files: Mapping[str, bytes]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Parts:
    """Everything that pages are put together from."""

    project: Path
    site: pages.Site
    sources: list[Source]
    checked: Mapping[str, Checked]  # by slug
    bibliography: Mapping[str, content.Reference]
    formulas: Mapping[tuple[str, bool], str]
    bundle: Bundle
    figures: Mapping[str, PostFigures]  # by slug
    demos: Mapping[str, DemoPayload]
    panels: Mapping[str, Panel]  # by the demo's name
    colours: Mapping[str, Mapping[str, str]]
    statics: Mapping[str, bytes]


def assemble(
    project: Path,
    cache: Cache,
    drafts: bool,
    notify: Notify,
    runner: str | None = None,
    compare: Compare | None = None,
) -> Assembled:
    """Make the whole site. Raises a BuildError, or an ExceptionGroup of independent ones.

    `runner`: what experiments run on, in place of what site.toml says. With `compare` every experiment runs anew, and
    it is told what is kept of each and what it gives now.
    """
    sources, left_out = gather(project, drafts)
    config = load_config(project)
    experiments = Experiments(project, cache, runner or config.runner, notify, compare)
    parts = _parts(project, config, sources, experiments)
    output = Output()
    output.add_all(parts.bundle.files)
    output.add_all(parts.statics)
    notify("Writing pages")
    warnings = unused_figures(sources) + _Pages(parts, cache, output).print_all()
    if compare is None:
        warnings += unkept_results(project, [source.figures for source in sources])
    raise_all(broken_links(output.files, cache))
    output.drop_unused_assets()
    notes = [f"The draft {slug} is left out; --drafts takes it in." for slug in left_out]
    return Assembled(output.files, tuple(warnings), (*notes, *_notes(parts)))


def _parts(project: Path, config: Config, sources: list[Source], experiments: Experiments) -> Parts:
    cache, notify = experiments.cache, experiments.notify
    models = demo_files(project)
    path = project / BIBLIOGRAPHY
    bibliography = citations.load(path, cache, BIBLIOGRAPHY) if path.exists() else {}
    statics = static_files(project)
    figure_set = FigureSet(experiments)
    scans = [source.figures for source in sources]
    known = figure_set.experiments.find(scans)
    files = [*statics, *(["feed.xml"] if config.url else [])]
    names = shared_names(project, sources, models, bibliography, files)
    checked = check_posts(sources, names, statics, known.results)
    node = NodePackages(project / ".cache")
    notify("Setting formulas")
    formulas = [formula for source in sources for formula in source.post.needs.formulas]
    mathml = math.render(formulas, cache, node.run, lock_hash())
    notify("Bundling scripts and styles")
    bundled = bundle(project, cache, node)
    notify("Lowering demos")
    used = sorted({use.name for source in sources for use in source.post.needs.demos})
    payloads = demo_payloads(project, cache, [models[name] for name in used], notify)
    panels = checked_panels(project, cache, node, sources, payloads)
    notify("Computing figures")
    computed = figure_set.make(scans, known)
    return Parts(
        project=project,
        site=_site(config),
        sources=sources,
        checked=checked,
        bibliography=bibliography,
        formulas=mathml,
        bundle=bundled,
        figures={source.post.slug: computed[source.figures.folder] for source in sources},
        demos=with_trained(payloads, project, cache, models, notify, experiments.compare),
        panels=panels,
        colours=read_tokens(find(project, TOKENS)),
        statics=statics,
    )


def _notes(parts: Parts) -> list[str]:
    """For the console: what figures ran on, and what a blog goes without until its settings say where it lives."""
    records = [drawing.record for each in parts.figures.values() for drawing in each.figures.values()]
    unset = [] if parts.site.url else ["site.toml sets no url, so there is no feed, no site map and no card for links."]
    return [*origin.adapters(records), *unset]


def _site(config: Config) -> pages.Site:
    """What pages say of the site."""
    shown = {name: value for name, value in vars(config).items() if name != "runner"}
    return pages.Site(**{**shown, "licenses": [pages.License(**each) for each in config.licenses]})


class _Pages:
    """Prints every page into the output. `warnings` grows."""

    def __init__(self, parts: Parts, cache: Cache, output: Output) -> None:
        self.parts = parts
        self.cache = cache
        self.output = output
        self.models = ModelAssets(output, cache, parts.project)
        self.warnings: list[str] = []
        self.manifests = {name: self.models.manifest(demo) for name, demo in parts.demos.items()}
        urls = parts.bundle.urls
        self.assets = pages.Assets(
            style=urls["static/theme/theme.css"],
            early=urls["static/theme/early.js"],
            page=urls["static/theme/page.js"],
            icon=urls["static/icons/icon.svg"],
            prose_font=urls["static/fonts/prose-roman.woff2"],
            interface_font=urls["static/fonts/interface.woff2"],
        )
        files = shared_files(parts.project)
        self.fonts = {name.removeprefix(FONTS): path for name, path in files.items() if name.startswith(FONTS)}

    def print_all(self) -> list[str]:
        """Posts, contents, feed, site map and the page for wrong addresses. All posts' errors are raised together."""
        errors: list[BuildError] = []
        made: list[pages.Chapter] = []
        for source in self.parts.sources:
            with collect_errors(errors):
                made.append(self._post(source))
        raise_all(errors)
        site, add = self.parts.site, self.output.add
        light = self.parts.colours["light"]
        for post, before, after in contents.turns([post for post in made if post.url != "/"]):
            add(f"{post.url.strip('/')}/index.html", pages.render_post(site, post, before, after, self.assets))
        listed = contents.listed(made)
        front = next((post for post in made if post.url == "/"), None)
        card = pictures.card(site, None, None, light, self.fonts, self.models) if site.url else None
        add("index.html", pages.render_index(site, listed, self.assets, card, front))
        add("404.html", pages.render_404(site, self.assets))
        if site.url:  # a feed and a site map are addresses, and a shared link's picture has one
            add("feed.xml", pages.render_feed(site, listed, light))
            add("sitemap.xml", pages.render_sitemap(site, listed))
        if "robots.txt" not in self.parts.statics:
            add("robots.txt", pages.render_robots(site))
        return self.warnings

    def _post(self, source: Source) -> pages.Chapter:
        post, matter = source.post, source.post.matter
        figures = self.parts.figures[post.slug]
        rendered = content.render(post, self._env(source, figures))
        replays = any(each.replay for each in _shown(post, figures))
        picture = pictures.thumbnail_figure(post, figures)
        page = pages.Chapter(
            number=source.number,
            title=matter.title,
            summary=matter.summary,
            url=source.url,
            date=matter.date,
            html=rendered.html,
            minutes=post.minutes,
            authors=matter.authors,
            updated=matter.updated,
            headings=contents.headings(rendered.sections),
            picture_html=pictures.thumbnail(picture, self.parts.colours, self.output),
            style=self._style(post.slug, rendered.demos, replays),
            scripts=self.parts.bundle.scripts.get(LOADER, ()) if rendered.demos or replays else (),
            provenance=self._provenance(source, figures, rendered.demos),
        )
        if not self.parts.site.url:
            return page
        card = pictures.card(self.parts.site, page, picture, self.parts.colours["light"], self.fonts, self.models)
        return pages.Chapter(**{**vars(page), "card_url": card})

    def _env(self, source: Source, figures: PostFigures) -> content.Env:
        post, parts = source.post, self.parts
        checked = parts.checked[post.slug]
        placed = {use.name: use for use in reversed(post.needs.demos)}
        linked = [use.name.partition("?")[0] for use in post.needs.demo_links]
        scripts = parts.bundle.scripts.get(REPLAY, ())
        images = {
            path: content.Image(self.output.asset(file.name, file.data), file.width, file.height)
            for path, file in checked.images.items()
        }
        return content.Env(
            root=parts.project,
            cache=self.cache,
            values=figures.values,
            figures={name: pictures.figure(each, self.models, scripts) for name, each in figures.figures.items()},
            demos={name: self._demo(name, source, figures, placed.get(name)) for name in [*reversed(placed), *linked]},
            math=parts.formulas,
            bibliography=parts.bibliography,
            posts=checked.names.posts,
            urls=checked.names.urls,
            paths=checked.names.paths,
            images=images,
        )

    def _demo(self, name: str, source: Source, figures: PostFigures, use: content.Use | None) -> content.DemoElement:
        """A demo that a post places, or to which it only links."""
        found, warning = pictures.stand_ins(source.post, figures, use, self.output) if use else ({}, None)
        if warning:
            self.warnings.append(warning)
        scripts = self.parts.bundle.scripts.get(f"demos/{name}/demo.js", ())
        panels = self.parts.panels[name].html if use else {}
        html = {anchor: figure.join(panels[anchor]) for anchor, figure in found.items()}
        return content.DemoElement(self.parts.demos[name].title, self.manifests[name], html, scripts)

    def _style(self, slug: str, demos: Iterable[str], replays: bool) -> str | None:
        """The address of the theme's sheet joined with those of a page's demos and replays; None when it has none.

        One sheet, because nothing is painted before the last has come, and on a phone each costs a round trip.
        """
        bundled = self.parts.bundle
        entries = [f"demos/{name}/demo.js" for name in demos] + ([REPLAY] if replays else [])
        sheets = dict.fromkeys(url for entry in entries for url in bundled.styles.get(entry, ()))
        own = dict.fromkeys(
            bundled.urls[name] for entry in demos if (name := f"demos/{entry}/demo.css") in bundled.urls
        )
        if not sheets | own:
            return None
        parts = [bundled.files[url.lstrip("/")] for url in (self.assets.style, *(sheets | own))]
        rules = dict.fromkeys(rule for name in demos for rule in self.parts.panels[name].sheet)
        parts += [rule.encode() for rule in rules]
        return self.output.asset(f"{slug}.css", b"".join(parts))

    def _provenance(self, source: Source, figures: PostFigures, demos: Iterable[str]) -> pages.Provenance | None:
        own = f"{source.post.folder}/{source.figures.place}"
        files = [source.post.file, own, *(f"demos/{name}/model.py" for name in demos)]
        return origin.provenance([drawing.record for drawing in figures.figures.values()], files)


def _shown(post: content.Post, figures: PostFigures) -> list[Drawing]:
    return [figures.figures[use.name] for use in post.needs.figures if use.name in figures.figures]
