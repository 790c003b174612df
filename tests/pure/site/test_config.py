"""site.toml is read whole, and each way to get it wrong is one sentence with a place."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.config import Config, find_project, load_config
from site_builder.errors import ConfigError

GOOD = """\
title = "A blog"
description = "About things."
url = "https://example.org/"   # with a slash
author = "Somebody"
language = "en-GB"
"""
MIT = """\
[[licenses]]
covers = "Code"
name = "MIT"
url = "/mit/"
"""
KNOWN = "Known are title, description, language, url, author, source, report, licenses, runner."
LICENSE = 'Write [[licenses]] and below it covers = "...", name = "...", url = "...".'


def write(project: Path, text: str) -> Path:
    (project / "site.toml").write_text(text, encoding="utf-8")
    return project


def test_good(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, GOOD))
    assert config == Config("A blog", "About things.", "en-GB", "https://example.org", "Somebody")
    with_addresses = load_config(
        write(tmp_path, GOOD + 'source = "https://here.test/a"\nreport = "mailto:me@here.test"\n')
    )
    assert (with_addresses.source, with_addresses.report) == ("https://here.test/a", "mailto:me@here.test")
    least = "".join(line for line in GOOD.splitlines(keepends=True) if not line.startswith(("url", "author")))
    unset = load_config(write(tmp_path, least))
    assert (unset.url, unset.author, unset.source, unset.report) == (None, None, None, None)
    asking = load_config(write(tmp_path, GOOD + 'runner = "processor"\n'))
    assert asking.runner == "processor"
    licensed = load_config(write(tmp_path, GOOD + MIT + MIT.replace("MIT", "0BSD")))
    assert [table["name"] for table in licensed.licenses] == ["MIT", "0BSD"]


BAD = {
    "syntax": (GOOD + "x = \n", "site.toml:6: this is not valid TOML: invalid value."),
    "end": (GOOD + 'x = """', "site.toml: this is not valid TOML: unterminated string."),
    "unknown": (
        GOOD + 'theme = "x"\n',
        f'site.toml:6: unknown setting "theme". {KNOWN}',
    ),
    "table": (
        GOOD + "[plugins]\n",
        f'site.toml:6: unknown setting "plugins". {KNOWN}',
    ),
    "type": (
        GOOD.replace('"Somebody"', "3"),
        'site.toml:4: "author" must be a text in quotes that is not empty.',
    ),
    "empty": (
        GOOD.replace('"A blog"', '" "'),
        'site.toml:1: "title" must be a text in quotes that is not empty.',
    ),
    "missing": (
        GOOD.replace('language = "en-GB"\n', ""),
        'site.toml: the setting "language" is missing. Add a line such as language = "...".',
    ),
    "url": (
        GOOD.replace("https://example.org/", "https://example.org/blog"),
        'site.toml:3: "url" must be an origin without a path, such as https://example.org; '
        "found https://example.org/blog.",
    ),
    "license list": (GOOD + 'licenses = "MIT"\n', f'site.toml:6: "licenses" must be a list of tables. {LICENSE}'),
    "licenses in a line": (
        GOOD + 'licenses = [{covers = "Code", name = "MIT", url = "mit"}]\n',
        'site.toml:6: "url" of a license must begin with https://, http:// or /; found mit.',
    ),
    "license key": (
        GOOD + MIT + MIT + 'by = "x"\n',
        'site.toml:14: a license has the unknown key "by". Known are covers, name, url.',
    ),
    "license without": (
        GOOD + MIT + MIT.replace('name = "MIT"\n', ""),
        f'site.toml:10: a license has no "name". {LICENSE}',
    ),
    "license empty": (
        GOOD + MIT + MIT.replace('"MIT"', '""'),
        'site.toml:12: "name" must be a text in quotes that is not empty.',
    ),
    "license address": (
        GOOD + MIT + MIT.replace('"/mit/"', '"javascript:x"'),
        'site.toml:13: "url" of a license must begin with https://, http:// or /; found javascript:x.',
    ),
    "source": (
        GOOD + 'source = "here"\n',
        'site.toml:6: "source" must be an address that begins with https:// or http://; found here.',
    ),
    "report": (
        GOOD + 'report = "mailto:me"\n',
        'site.toml:6: "report" must be an address that begins with https:// or mailto:; found mailto:me.',
    ),
    "runner": (
        GOOD + 'runner = "cuda"\n',
        'site.toml:6: "runner" must be wgpu or processor; found cuda.',
    ),
    "language": (
        GOOD.replace("en-GB", "English"),
        'site.toml:5: "language" must be a tag such as en-GB; found English.',
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad(tmp_path: Path, case: str) -> None:
    text, sentence = BAD[case]
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path, text))
    assert str(caught.value) == sentence


def test_not_text(tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_bytes(b'title = "\xff"')
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(tmp_path)


def test_project_is_found_from_below_and_missed_elsewhere(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    below = tmp_path / "posts" / "01-a"
    below.mkdir(parents=True)
    assert find_project(below) == tmp_path
    with pytest.raises(ConfigError, match=r"no site\.toml in /proc or any folder above it"):
        find_project(Path("/proc"))
