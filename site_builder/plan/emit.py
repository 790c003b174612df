"""From a group to a dispatch: the kernel with everything fused into it, and which buffer stands at which binding.

In: a group and its program's schedule. Out: `Dispatch`es over buffer keys; where those buffers lie is decided later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import PlanError
from ..graph import Tensor, Type, variable_of
from ..graph.program import Variable
from .anchors import Sizes, grid
from .expressions import Emitter
from .groups import Group, Grouping
from .kernels import HALF, Binding, Body, Kernel, fuse, load
from .order import Schedule
from .roots import STORAGE_BUFFERS

MAP = "shaders/elementwise/map.wgsl"


@dataclass(frozen=True)
class Key:
    """A buffer before it has a place: a variable by its name, or a program's scratch by its node."""

    name: str
    type: Type
    program: str | None = None  # of a scratch buffer

    def __str__(self) -> str:
        return self.name if self.program is None else f"{self.program}.{self.name}"


@dataclass(frozen=True)
class Variant:
    """Another kernel for the same dispatch, with the same bindings and sizes, on devices with what it requires."""

    kernel: Kernel
    workgroups: tuple[int, int, int]


@dataclass(frozen=True)
class Dispatch:
    """One kernel on buffers. `pointwise`: a map in which each element needs only the same element of its inputs.

    `params`: sizes that the kernel reads when it runs, because it shares its pipeline with others (see share.py).
    """

    kernel: Kernel
    constants: tuple[tuple[str, int], ...]
    keys: tuple[Key, ...]
    workgroups: tuple[int, int, int]
    pointwise: bool = False
    variants: tuple[Variant, ...] = ()  # the best first
    params: tuple[tuple[str, int], ...] = ()

    @property
    def reads(self) -> set[Key]:
        """Buffers bound for reading alone."""
        return {k for k, b in zip(self.keys, self.kernel.bindings, strict=True) if b.access == "read"}

    @property
    def writes(self) -> set[Key]:
        """Buffers bound for writing, which it may read too."""
        return {k for k, b in zip(self.keys, self.kernel.bindings, strict=True) if b.access == "read_write"}


class ProgramEmitter:
    """Emits the dispatches of one program. `half`: whether kernels may have variants in half precision."""

    def __init__(self, program: str, grouping: Grouping, schedule: Schedule, half: bool) -> None:
        self.program = program
        self.half = half
        self.grouping = grouping
        self.schedule = schedule
        read_elsewhere = {leaf.node.number for group in grouping.groups for leaf in grouping.reads(group)}
        self.needed = read_elsewhere | {store.node for store in schedule.copies}

    def dispatches(self) -> list[Dispatch]:
        """Every dispatch of the program, in order."""
        nodes = {node.number: node for node in self.grouping.order}
        emitted = [_GroupEmitter(self, group).dispatch() for group in self.schedule.order]
        return emitted + [self._copy(nodes[store.node], store.variable) for store in self.schedule.copies]

    def scratch(self, node: Tensor) -> Key:
        """The key of a scratch buffer for the node."""
        return Key(f"%{node.number}", node.type, self.program)

    def targets(self, node: Tensor) -> list[Key]:
        """Where the node's value is to be stored."""
        direct = [variable_key(v) for v in self.schedule.direct.get(node.number, [])]
        copied = any(store.node == node.number for store in self.schedule.copies)
        if copied or (not direct and node.op != "read" and node.number in self.needed):
            direct.append(self.scratch(node))
        if node.op == "update_at" and direct != [variable_key(variable_of(node.inputs[0]))]:
            raise PlanError("update_at must be assigned to the variable that it updates, and to that alone")
        return direct

    def source(self, leaf: Tensor) -> Key:
        """Where the value of a leaf is read from."""
        if leaf.op == "read":
            return variable_key(variable_of(leaf))
        return self.targets(leaf)[0]

    def _copy(self, node: Tensor, variable: Variable) -> Dispatch:
        dtype = node.dtype
        load_x = Body(("return 0.0;",))
        bindings = (Binding("in0", "read", dtype), Binding("out0", "read_write", dtype))
        kernel = fuse(load(MAP), {"load_x": load_x, "store_y": Body(("out0[i] = in0[i];",), bindings)})
        sizes = (("COUNT", node.size),)
        return Dispatch(kernel, sizes, (self.scratch(node), variable_key(variable)), grid(kernel, node.size))


def variable_key(variable: Variable) -> Key:
    """The key of a variable's buffer."""
    return Key(variable.name, variable.type)


class _GroupEmitter:
    """Emits one group."""

    def __init__(self, program: ProgramEmitter, group: Group) -> None:
        self.program = program
        self.group = group
        self.names: dict[Key, str] = {}  # of buffers that bodies touch
        self.own: dict[str, Key] = {}  # the kernel's own bindings

    def dispatch(self) -> Dispatch:
        group = self.group
        if group.anchor is None:
            (count,) = group.size.values()
            kernel, sizes = load(MAP), {"COUNT": count}
            bodies = {"load_x": Body(("return 0.0;",)), "store_y": self._store("y")}
            kernel = fuse(kernel, {k: v for k, v in bodies.items() if v is not None})
            return self._dispatch(kernel, sizes, grid(kernel, count), self._is_pointwise())
        first = next(iter(group.nodes.values()))
        sizes, bodies = group.anchor.sizes(first), {**self._loads(), **self._stores()}
        fused = {k: v for k, v in bodies.items() if v is not None}
        kernel = fuse(load(group.anchor.file(first)), fused)
        dispatch = self._dispatch(kernel, sizes, grid(kernel, group.anchor.cells(kernel, sizes)), False)
        better = [load(file) for file in group.anchor.variants(first)]
        others = [fuse(each, fused) for each in better if self.program.half or each.requires != HALF]
        for each in others:
            assert [b.name for b in each.bindings] == [b.name for b in kernel.bindings], f"{each.file} binds otherwise"
        variants = (Variant(each, grid(each, group.anchor.cells(each, sizes))) for each in others)
        return replace(dispatch, variants=tuple(variants))

    def _dispatch(self, kernel: Kernel, sizes: Sizes, workgroups: tuple[int, int, int], pointwise: bool) -> Dispatch:
        by_name = {**self.own, **{name: key for key, name in self.names.items()}}
        keys = tuple(by_name[binding.name] for binding in kernel.bindings)
        if len(keys) > STORAGE_BUFFERS:
            raise PlanError(
                f"one dispatch of program {self.program.program} ({kernel.file}) would bind {len(keys)} buffers, "
                f"and WebGPU promises {STORAGE_BUFFERS}",
                hint="Keep an intermediate result with model.watch, so that it is computed on its own",
            )
        return Dispatch(kernel, tuple(sorted(sizes.items())), keys, workgroups, pointwise)

    def _is_pointwise(self) -> bool:
        roots = self.group.roots["y"]
        leaves = [leaf for root in roots for leaf in self.program.grouping.leaves(root)]
        placed = any(root.op == "update_at" or self.program.grouping.uses_index(root) for root in roots)
        return not placed and all(leaf.same_index or leaf.node.size == 1 for leaf in leaves)

    def _loads(self) -> dict[str, Body | None]:
        anchor = self.group.anchor
        bodies: dict[str, Body | None] = {}
        assert anchor is not None
        inputs = self.group.inputs
        for name, (position, how) in anchor.feeds.items():
            if position >= len(inputs):
                bodies[f"load_{name}"] = Body(("return 0.0;",))
                continue
            x = inputs[position]
            source = self.program.grouping.bound(x, how)
            if source is not None:
                self.own[name] = self.program.source(source)
                continue
            emitter = Emitter(self._loaded)
            result = emitter.at(x, "i")
            bodies[f"load_{name}"] = _body(emitter, [f"return {result};"])
        return bodies

    def _stores(self) -> dict[str, Body | None]:
        assert self.group.anchor is not None
        ports = self.group.anchor.stores.values()
        return {f"store_{port}": self._store(port) if port in self.group.nodes else Body(()) for port in ports}

    def _store(self, port: str) -> Body | None:
        """What a store port does, or None where it does what the kernel's file says."""
        node, roots = self.group.nodes.get(port), self.group.roots[port]
        targets = self.program.targets(node) if node is not None else []
        if not roots and len(targets) == 1:
            self.own[port] = targets[0]
            return None
        computed = {root.number for root in roots}
        emitter = Emitter(lambda x: None if x.number in computed and x.op != "read" else self._loaded(x))
        if node is not None:
            emitter.known[node.number, "i"] = "value"
        stores = [(key, "i", "value") for key in targets]
        for root in roots:
            if root.op == "update_at":
                value = emitter.at(root.inputs[2], "i")
                stores += [(key, emitter.place(root), value) for key in self.program.targets(root)]
            else:
                stores += [(key, "i", emitter.at(root, "i")) for key in self.program.targets(root)]
        # Everything is computed before anything is stored: a variable's old value may be wanted more than once.
        lines = []
        for key, place, result in stores:
            binding = self._bound(key, "out", "read_write")
            emitter.bindings[binding.name] = binding
            lines.append(f"{binding.name}[{place}] = {result};")
        return _body(emitter, lines)

    def _loaded(self, node: Tensor) -> tuple[Key, Binding] | None:
        if not self.program.grouping.is_leaf(node):
            return None
        key = self.program.source(node)
        return key, self._bound(key, "in", "read")

    def _bound(self, key: Key, prefix: str, access: str) -> Binding:
        """The binding of a buffer in bodies: named by order, not by the model, so that layers share one text."""
        if key not in self.names:
            self.names[key] = f"{prefix}{sum(name.startswith(prefix) for name in self.names.values())}"
        return Binding(self.names[key], access, key.type.dtype)


def _body(emitter: Emitter, lines: list[str]) -> Body:
    return Body((*emitter.lines, *lines), tuple(emitter.bindings.values()), tuple(sorted(emitter.imports)))
