"""The panels of demos, laid out by the build as browsers lay them out, and what the same run tells of each definition.

In: demos/NAME/demo.js and the runtime. Out: HTML and rules for the page, and a `DemoDefinition`, to be held
against the plans. It does not know posts or pages, and trains nothing.

    layout.py      panels, in a process of Node, kept in the cache
    panels.mjs     what that process does
    browser.mjs    as much of a browser as that needs
    shapes.mjs     whether what authors write has the shape that the runtime reads
    known.mjs      the keys that they may write
    failures.py    the sentences for what is wrong there
    definition.py  what a demo.js says, and where
    checks.py      whether the plans have what it names
    links.py       whether it has what a post's link sets
"""

from .checks import plan_names, wrong_names
from .definition import DemoDefinition
from .layout import Panel, panels
from .links import wrong_settings

__all__ = ["DemoDefinition", "Panel", "panels", "plan_names", "wrong_names", "wrong_settings"]
