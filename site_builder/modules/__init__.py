"""Plans become WebAssembly modules, by the compiler that pages have too (demos/runtime/compiler), in Node.

In: a plan. Out: a `PlanModule`. It does not know how modules are run.

    module.py      what is made of a plan, kept in the cache
    compiler.py    the process of Node in which the compiler runs
    compile.mjs    what that process does
"""

from ..plan import PlanModule
from .module import COMPILER, Modules, compiled

__all__ = ["COMPILER", "Modules", "PlanModule", "compiled"]
