"""The command line: `build-site`.

In: arguments and the working folder, which lies in a project. Out: sentences on the console and an exit code: 0 when
all is well, 2 when the author's input is wrong, 1 for a defect of ours (with its traceback), 130 after Ctrl-C. It does
not know how anything is done.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from .config import find_project
from .errors import BuildError
from .project.machine import RUNNERS

if TYPE_CHECKING:
    from .project.progress import Notify
    from .site import Report

PORT = 8000
EPILOG = (
    "Exit codes: 0 all is well; 2 something in your files is wrong, and the message says where, or the doctor found a "
    "kernel that fails; 1 a defect of build-site itself; 130 ended by Ctrl-C. Whatever happens, _site/ holds a whole "
    "site: the old one or the new one."
)
drafts_option = click.option("--drafts", is_flag=True, help="Take in posts whose front matter says `draft: true`.")

runner_option = click.option(
    "--runner",
    type=click.Choice(list(RUNNERS)),
    help="What figures run on, in place of what site.toml says: a GPU's driver, or the processor by WebAssembly.",
)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code for a list of arguments."""
    before = signal.signal(signal.SIGINT, _interrupt)
    try:
        left_with = commands.main(arguments, prog_name="build-site", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except (BuildError, ExceptionGroup) as error:
        click.echo("\n".join(_sentences(error)), err=True)
        return 2
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped. The published site is as it was.", err=True)
        return 130
    finally:
        signal.signal(signal.SIGINT, before)
    return left_with or 0


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EPILOG)
@click.option(
    "--version",
    is_flag=True,
    callback=lambda *given: _say_version(*given),
    is_eager=True,
    expose_value=False,
    help="Show the version and exit.",
)
@click.pass_context
def commands(context: click.Context) -> None:
    """Build a blog whose articles train their models in the reader's tab.

    Run it anywhere inside a project, which is a folder with a site.toml. Without a command it builds: posts/*/index.md
    and the figures and demos that they name become _site/, which appears in one step when everything is right.
    What has not changed is not computed again.
    """
    if context.invoked_subcommand is None:
        context.invoke(build)


@commands.command()
@drafts_option
@runner_option
def build(drafts: bool, runner: str | None) -> None:
    """Build the site into _site/ (the default)."""
    from .site import build as build_site

    project = find_project(Path.cwd())
    with _progress() as notify:
        report = build_site(project, drafts, notify, runner)
    _tell(report, f"Built {_pages(report)}" if report.changed else f"Nothing changed: {_pages(report)}")


@commands.command()
@click.option("--port", default=PORT, show_default=True, help="Where to begin to look for a free port.")
@drafts_option
@runner_option
def serve(port: int, drafts: bool, runner: str | None) -> None:
    """Build, serve on 127.0.0.1, and build again when a file changes.

    Open pages reload by themselves. When a build fails, its message lies over the page, which stays the last good one.
    """
    from .serve import serve as serve_site
    from .site import OUTPUT

    project = find_project(Path.cwd())
    arguments = ["build", *(["--drafts"] if drafts else []), *(["--runner", runner] if runner else [])]
    failure = None
    try:
        commands.main(arguments, standalone_mode=False)
    except (BuildError, ExceptionGroup) as error:
        failure = "\n".join(_sentences(error))
        click.echo(failure, err=True)
    serve_site(project, project / OUTPUT, port, arguments, click.echo, failure)


@commands.command()
@drafts_option
@runner_option
@click.option(
    "--recompute",
    is_flag=True,
    help="Run every experiment and every demo anew, and compare what they give with the results that are kept.",
)
def check(drafts: bool, runner: str | None, recompute: bool) -> None:
    """Do everything that a build does, and publish nothing."""
    from .site import check as check_site

    project = find_project(Path.cwd())
    with _progress() as notify:
        report = check_site(project, drafts, notify, recompute, runner)
    _tell(report, f"All is well: {_pages(report)}")


@commands.command(short_help="Begin a post that builds as it is.")
@click.argument("title")
def new(title: str) -> None:
    """Begin a post: a folder in posts/ with an index.md and a figures.py that build as they are."""
    from .new import begin_post

    project = find_project(Path.cwd())
    folder = begin_post(project, title).relative_to(project)
    click.echo(f"Wrote {folder}/index.md and figures.py, a draft. See it with: build-site serve --drafts")


@commands.command()
def doctor() -> None:
    """Say what this machine will compute with, and what is missing.

    Its exit code is 2 where kernels fail, as their figures would be wrong.
    """
    from .doctor import examine

    findings = examine(Path.cwd())
    for finding in findings:
        click.echo(f"{'ok' if finding.fine else '--'}  {finding.name:<10} {finding.text}")
    if any(finding.wrong for finding in findings):
        raise click.exceptions.Exit(2)


def _say_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked:
        return
    from importlib import metadata

    try:
        version = metadata.version("build-site")
    except metadata.PackageNotFoundError:  # run from a checkout
        import tomllib

        text = (Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8")
        version = tomllib.loads(text)["project"]["version"]
    click.echo(f"build-site {version}")
    context.exit()


def _interrupt(*_: object) -> NoReturn:
    """Ctrl-C ends the processes that compute figures too: a signal from elsewhere reaches only this one."""
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.terminate()
    raise KeyboardInterrupt


def _sentences(error: BaseException) -> list[str]:
    """The sentence of each error; whatever is no BuildError is a defect and is raised."""
    if isinstance(error, BuildError):
        return [str(error)]
    if isinstance(error, ExceptionGroup):
        return [sentence for each in error.exceptions for sentence in _sentences(each)]
    raise error


def _pages(report: Report) -> str:
    return f"{report.pages} page{'s' if report.pages != 1 else ''}"


def _tell(report: Report, what: str) -> None:
    for warning in report.warnings:
        click.echo(f"warning: {warning}", err=True)
    for note in report.notes:
        click.echo(note)
    count = len(report.warnings)
    said = f", {count} warning{'s' if count > 1 else ''}" if count else ""
    click.echo(f"{what} in {report.seconds:.2f} s{said}.")


@contextmanager
def _progress() -> Iterator[Notify]:
    """How work in progress is shown: on a terminal one line that changes, elsewhere a line for each message.

    rich is imported with the first message: a build that finds nothing to do says nothing.
    """
    shown: list[Any] = []

    def notify(message: str) -> None:
        if not sys.stderr.isatty():
            click.echo(f"{message} ...", err=True)
            return
        if not shown:
            shown.append(_spinner())
        shown[0](message)

    try:
        yield notify
    finally:
        if shown:
            shown[0](None)


def _spinner() -> Callable[[str | None], None]:
    """Shows a message with the time that has passed; None takes it away."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task("")
    progress.start()

    def show(message: str | None) -> None:
        if message is None:
            progress.stop()
        else:
            progress.update(task, description=message)

    return show


if __name__ == "__main__":
    main()
