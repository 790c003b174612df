"""Posts: from Markdown to HTML fragments. What an author writes, in one place:

The front matter, between two lines of `---`: `title`, `summary` and `date` (2026-01-31) must be there; `slug` (else the
folder's name without its number), `updated`, `draft: true`, `authors`, `thumbnail` (a figure's name) and
`listed: false` (a page that is no chapter, and that only links lead to), `front: true` (no page, but what the first
page begins with) may be. Headings begin with `##`.

Of CommonMark everything, and tables. Straight quotes become curly ones. `{#name}` or `{.class}` on the line above a
block, or right after a link, an image, `code` or a [span], gives it a label or a class. Footnotes: `[^name]` and a line
`[^name]: text`, or `^[text]`. Raw HTML is an error, but for <kbd>, <sub>, <sup> and comments.

Math:

    $x^2$                                   in the line
    $$                                      on its own, between empty lines; the label numbers it
    y = Ax + b
    $$ (eq-affine)

Roles, in the line:

    {cite}`rosenblatt1958,minsky1969`       (Rosenblatt, 1958; Minsky & Papert, 1969), from posts/references.bib
    {cite:t}`rosenblatt1958`                Rosenblatt (1958)
    {value}`digits.accuracy:.1%`            a number from a run, with one of Python's format specs
    {ref}`fig-digits-loss`                  "Figure 3", linked; a figure, demo, formula, section, listing or note
    {ref}`the curve <fig-digits-loss>`      the same with words of one's own
    {ref}`perceptron#eq-rule`               a label of the post with that slug; {ref}`perceptron` is the post itself
    {demo}`digits`                          a link to a demo; {demo}`try it <digits?seed=3>` with an experiment
    {term}`margin`                          defines a word where it is first used; later uses link there

Links: `[text](https://…)`, `[text](#label)`, `[text](/path/)` of the site, `[text](../02-other/index.md#label)`.
Images: `![what it shows](file.png)`, a file in the post's folder.

Directives, blocks between colons. Options follow at once, one a line. An outer block may have more colons:

    :::{figure} digits-loss                 a figure of the post; the text is its caption
    :width: page                            or text
    :label: fig-loss                        else fig-digits-loss
    How the loss falls.
    :::
    :::{demo} digits                        a demo and its caption, numbered as a figure; its label is demo-digits
    :::{code} shaders/matrix/matmul.wgsl    an excerpt of a file, folded; without text
    :region: tile                           from `// region: tile` to `// endregion` (in Python `#`), or `:lines: 3-9`
    :caption: One tile.
    :open:                                  not folded
    :::{aside}                              a note in the margin
    :::{claim} digits.accuracy > 0.9        the sentence that the comparison guards; a false one fails the build
    :::{note} A title                       a folded text
    :::{proof} A title                      a folded proof; the title may be left out
    :::{epigraph}                           a quotation; a last paragraph `-- Name` says whose
    ::::{tabs}                              holds `:::{tab} Title` only

Code between lines of three backticks may name python, wgsl, javascript, bash or text.

In Python: `parse(path, root) -> Post`, then `check(post, names)`, which gives every mistake that can be known before
anything has run, then `render(post, env) -> RenderedPost`, where `Env` holds what the names of the post stand for. In
between, `citations.load` reads the bibliography, and `math.render` makes all formulas of all posts.
"""

from .checks import check
from .citations import Reference
from .env import DemoElement, Env, Figure, Image, Names
from .front_matter import FrontMatter
from .labels import Label
from .math import Formula
from .post import Needs, Post, Use, parse, parse_text
from .render import RenderedPost, Section, render

__all__ = [
    "DemoElement",
    "Env",
    "Figure",
    "Formula",
    "FrontMatter",
    "Image",
    "Label",
    "Names",
    "Needs",
    "Post",
    "Reference",
    "RenderedPost",
    "Section",
    "Use",
    "check",
    "parse",
    "parse_text",
    "render",
]
