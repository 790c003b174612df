"""Citations: reading BibTeX, naming works in the text, and the list at the end."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from site_builder.content import citations
from site_builder.content.citations import Author, Reference
from site_builder.markup import read
from site_builder.project.cache import Cache

PROJECT = Path(__file__).parents[3]
ENTRIES = r"""
@inproceedings{cho2014, author = {Cho, Kyunghyun and van Merri{\"e}nboer, Bart and Bengio, Yoshua}, year = {2014},
  title = {Learning {RNN} Encoder--Decoders}, booktitle = {EMNLP}, pages = {1--9}, publisher = {ACL},
  eprint = {1406.1078}, archivePrefix = {arXiv}, url = {https://arxiv.org/abs/1406.1078}}
@inproceedings{cho2014b, author = {Cho, Kyunghyun and Gulcehre, Caglar and Bengio, Yoshua}, year = {2014},
  title = {Another}, booktitle = {SSST}}
@mastersthesis{hochreiter1991, author = {Hochreiter, Sepp}, year = {1991}, title = {Untersuchungen},
  school = {TU M{\"u}nchen}, type = {Diploma thesis}}
@misc{openai2023, author = {{OpenAI} and others}, year = {2023}, title = {Is it {$O(n)$}?},
  howpublished = {Report}, url = {https://www.example.org/a?b=1&c=2}}
@article{wang2018, author = {Luong, Minh-Thang and Wang, \L{}ukasz}, year = {2018}, title = {Nets \& "more" <b>},
  journal = {J. <i>}, volume = {3}}
@misc{many2020,
  author = {A, A and B, B and C, C and D, D and E, E and F, F and G, G and H, H and I, I and J, J and K, K},
  year = {2020}, title = {Many}}
"""


@pytest.fixture
def works(tmp_path: Path) -> dict[str, Reference]:
    (tmp_path / "references.bib").write_text(ENTRIES)
    return citations.load(tmp_path / "references.bib", Cache(tmp_path / "cache"), "references.bib")


def test_names_in_the_text(works: dict[str, Reference]) -> None:
    assert {key: citations.short_names(work) for key, work in works.items()} == {
        "cho2014": "Cho et al.",
        "cho2014b": "Cho et al.",
        "hochreiter1991": "Hochreiter",
        "openai2023": "OpenAI et al.",
        "wang2018": "Luong & Wang",
        "many2020": "A et al.",
    }


def test_years_tell_works_apart_in_the_order_of_the_list(works: dict[str, Reference]) -> None:
    years = citations.years(works.values())
    assert years["cho2014b"] == "2014a"  # Cho, Gulcehre comes before Cho, van Merriënboer
    assert years["cho2014"] == "2014b"
    assert years["hochreiter1991"] == "1991"


def test_entries(works: dict[str, Reference]) -> None:
    entries = {key: citations.entry(work, work.year) for key, work in works.items()}
    assert entries == {
        "cho2014": "Cho, K., van Merriënboer, B. &amp; Bengio, Y. (2014). Learning RNN Encoder–Decoders. "
        "In <cite>EMNLP</cite>, pp. 1–9, ACL. "
        '<a href="https://arxiv.org/abs/1406.1078">arXiv:1406.1078</a>',
        "cho2014b": "Cho, K., Gulcehre, C. &amp; Bengio, Y. (2014). Another. In <cite>SSST</cite>.",
        "hochreiter1991": "Hochreiter, S. (1991). <cite>Untersuchungen</cite>. Diploma thesis, TU München.",
        "openai2023": "OpenAI, et al. (2023). Is it O(n)? Report. "
        '<a href="https://www.example.org/a?b=1&amp;c=2">example.org</a>',
        "wang2018": "Luong, M.-T. &amp; Wang, Ł. (2018). Nets &amp; &quot;more&quot; &lt;b&gt;. "
        "<cite>J. &lt;i&gt;</cite>, 3.",
        "many2020": "A, A., B, B., C, C., D, D., E, E., F, F., G, G., et al. (2020). Many.",
    }


def test_a_cached_bibliography_is_the_same(works: dict[str, Reference], tmp_path: Path) -> None:
    again = citations.load(tmp_path / "references.bib", Cache(tmp_path / "cache"), "references.bib")
    assert again == works
    assert again["cho2014"].authors[1] == Author("van Merriënboer", "B.")


def test_the_blogs_own_bibliography_reads_without_leftovers_of_latex(tmp_path: Path) -> None:
    works = citations.load(PROJECT / "posts/references.bib", Cache(tmp_path), "posts/references.bib")
    assert "rosenblatt1958" in works
    for work in works.values():
        text = read(citations.entry(work, work.year)).text
        assert not re.search(r"[{}\\$]|\.\.|,\s*\.|\s{2}", text), text
