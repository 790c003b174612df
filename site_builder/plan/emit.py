"""Makes a dispatch of each group: its kernel with the group's work spliced in, and a buffer for each binding.

In: a program's groups and their schedule. Out: `Dispatch`es, in which buffers are keys: `memory.py` gives them a place.
"""

from __future__ import annotations

from dataclasses import replace

from ..errors import PlanError
from ..graph import Tensor
from ..graph.program import Variable, variable_of
from ..graph.tensor import located
from .anchors import Sizes, fits, grid
from .dispatch import Dispatch, Key, Variant, variable_key
from .expressions import WORDS, Emitter, assigned
from .fuse import Body, fuse
from .groups import Group, Grouping
from .kernels import HALF, Binding, Kernel, lanes, load
from .limits import STORAGE_BUFFERS
from .order import Schedule
from .views import Place

MAP, MAP_VEC4 = "shaders/elementwise/map.wgsl", "shaders/elementwise/map_vec4.wgsl"


class ProgramEmitter:
    """Makes the dispatches of one program. `half`: whether kernels may have variants in half precision."""

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
        """The key of the scratch buffer that holds the node."""
        return Key(f"%{node.number}", node.type, self.program, node.line)

    def targets(self, node: Tensor) -> list[Key]:
        """The keys of all buffers in which the node is stored: variables, and scratch where it is read or copied."""
        direct = [variable_key(v) for v in self.schedule.direct.get(node.number, [])]
        copied = any(store.node == node.number for store in self.schedule.copies)
        if copied or (not direct and node.op != "read" and node.number in self.needed):
            direct.append(self.scratch(node))
        return direct

    def source(self, leaf: Tensor) -> Key:
        """The key of the buffer from which a leaf is read."""
        if leaf.op == "read":
            return variable_key(variable_of(leaf))
        return self.targets(leaf)[0]

    def _copy(self, node: Tensor, variable: Variable) -> Dispatch:
        def kernel(file: str) -> Kernel:
            kernel = load(file)
            dtype = node.type.word if lanes(kernel.ports["store_y"]) == 1 else f"vec4<{node.type.word}>"
            bindings = (Binding("in0", "read", dtype), Binding("out0", "read_write", dtype))
            return fuse(kernel, {"load_x": _zero(kernel, "load_x"), "store_y": Body(("out0[i] = in0[i];",), bindings)})

        one, keys = kernel(MAP), (self.scratch(node), variable_key(variable))
        sizes, in_fours = (("COUNT", node.size),), lambda: kernel(MAP_VEC4)
        return Dispatch(one, sizes, keys, grid(one, node.size), in_fours=in_fours)


class _GroupEmitter:
    """Makes the dispatch of one group."""

    def __init__(self, program: ProgramEmitter, group: Group) -> None:
        self.program = program
        self.group = group
        self.pointwise = group.anchor is None and self._is_pointwise()
        self.names: dict[Key, str] = {}  # buffers of spliced lines -> the names of their bindings
        self.scalars: set[Key] = set()  # buffers into which spliced lines store single numbers, not vectors
        self.own: dict[str, Key] = {}  # the bindings that stand in the kernel's file -> their buffers

    def dispatch(self) -> Dispatch:
        group = self.group
        if group.anchor is None:
            (count,) = group.size.values()
            kernel = _Splicer(self, load(MAP)).fused()
            dispatch = self._dispatch(kernel, {"COUNT": count}, grid(kernel, count))
            return replace(dispatch, in_fours=self._in_fours)
        first = next(iter(group.nodes.values()))
        sizes, kernel = group.anchor.sizes(first), _Splicer(self, load(group.anchor.file(first))).fused()
        dispatch = self._dispatch(kernel, sizes, grid(kernel, group.anchor.cells(kernel, sizes)))
        better = [load(file) for file in group.anchor.variants(first)]
        others = [_Splicer(self, each).fused() for each in better if self.program.half or each.requires != HALF]
        for each in (kernel, *others):
            assert fits(group.anchor.passes(each.file, sizes)), f"{each.file} loops for too long"
            assert [b.name for b in each.bindings] == [b.name for b in kernel.bindings], f"{each.file} binds otherwise"
        variants = (Variant(each, grid(each, group.anchor.cells(each, sizes))) for each in others)
        return replace(dispatch, variants=tuple(variants))

    def bound(self, key: Key, prefix: str, access: str, fours: bool) -> Binding:
        """The binding through which spliced lines read or write a buffer.

        It is called in0, in1, … or out0, … in the order of use, not by the model's names, so that layers share a text.
        With `fours` it is an array of vec4 where it can be:

        - the number of elements is a multiple of four. In a pointwise map it always is when `fours` is asked for, since
          all buffers are as long as the map or lie in arenas that are; but a buffer of a single number has one element;
        - each invocation stores whole vectors there. Storing one component of a vec4 may rewrite the other three, which
          other invocations store; so a buffer in `scalars` stays an array of numbers.
        """
        if key not in self.names:
            self.names[key] = f"{prefix}{sum(name.startswith(prefix) for name in self.names.values())}"
        even = key.type.size > 1 if self.pointwise else key.type.size % 4 == 0
        whole = fours and even and key not in self.scalars
        return Binding(self.names[key], access, f"vec4<{key.type.word}>" if whole else key.type.word)

    def _in_fours(self) -> Kernel | None:
        if all(leaf.node.size == 1 for leaf in self.program.grouping.reads(self.group)):
            return None  # it fills tensors with constants, once, in `init`: compiling another text would take longer
        splicer = _Splicer(self, load(MAP_VEC4))
        kernel = splicer.fused()
        return kernel if splicer.whole else None

    def _dispatch(self, kernel: Kernel, sizes: Sizes, workgroups: tuple[int, int, int]) -> Dispatch:
        by_name = {**self.own, **{name: key for key, name in self.names.items()}}
        keys = tuple(by_name[binding.name] for binding in kernel.bindings)
        if len(keys) > STORAGE_BUFFERS:
            raise PlanError(
                f"one dispatch of program {self.program.program} ({kernel.file}) would bind {len(keys)} buffers, "
                f"and WebGPU promises {STORAGE_BUFFERS}",
                *located(self.group.members[0].line),
                hint="Keep an intermediate result with model.watch, so that it is computed on its own",
            )
        return Dispatch(kernel, tuple(sorted(sizes.items())), keys, workgroups, self.pointwise)

    def _is_pointwise(self) -> bool:
        roots = self.group.roots["y"]
        leaves = [leaf for root in roots for leaf in self.program.grouping.leaves(root)]
        grouping = self.program.grouping
        placed = any(r.op == "update_at" or r.number in grouping.pieces or grouping.uses_index(r) for r in roots)
        return not placed and all(leaf.same_index or leaf.node.size == 1 for leaf in leaves)


class _Splicer:
    """Splices what a group computes into the ports of one kernel, for one element or for four, as each port passes.

    `whole`: whether every value of four elements was written as one expression of vectors.
    """

    def __init__(self, emitter: _GroupEmitter, kernel: Kernel) -> None:
        self.emitter = emitter
        self.group = emitter.group
        self.program = emitter.program
        self.kernel = kernel
        self.fours = any(lanes(dtype) == 4 for dtype in kernel.ports.values())
        self.whole = True

    def fused(self) -> Kernel:
        """The kernel with the group's work in its ports."""
        known, bodies = len(self.emitter.scalars), self._bodies()
        if len(self.emitter.scalars) > known:
            bodies = self._bodies()  # a buffer was bound as vectors before a later line turned out to store a number
        return fuse(self.kernel, {port: body for port, body in bodies.items() if body is not None})

    def _bodies(self) -> dict[str, Body | None]:
        if self.group.anchor is None:
            return {"load_x": _zero(self.kernel, "load_x"), "store_y": self._stored("y")}
        return {**self._loads(), **self._stores()}

    def _loads(self) -> dict[str, Body | None]:
        anchor = self.group.anchor
        bodies: dict[str, Body | None] = {}
        assert anchor is not None
        inputs = self.group.inputs
        for name, (position, how) in anchor.feeds.items():
            port = f"load_{name}"
            if position >= len(inputs):
                bodies[port] = _zero(self.kernel, port)
                continue
            x = inputs[position]
            source = self.program.grouping.bound(x, how)
            if source is not None:
                self.emitter.own[name] = self.program.source(source)
                continue
            emitter = Emitter(self._loaded)
            result = emitter.at(x, self._place(port))
            bodies[port] = self._body(emitter, [f"return {result};"])
        return bodies

    def _stores(self) -> dict[str, Body | None]:
        assert self.group.anchor is not None
        ports = self.group.anchor.stores.values()
        return {f"store_{port}": self._store(port) if port in self.group.nodes else Body(()) for port in ports}

    def _store(self, port: str) -> Body | None:
        """The body of a store port, or None where it stores the kernel's result as the kernel's file says."""
        node = self.group.nodes[port]
        targets = self.program.targets(node)
        if not self.group.roots[port] and node.number not in self.program.grouping.pieces and len(targets) == 1:
            self.emitter.own[port] = targets[0]
            return None
        return self._stored(port)

    def _stored(self, port: str) -> Body:
        node, roots, here = self.group.nodes.get(port), self.group.roots[port], self._place(f"store_{port}")
        computed = {root.number for root in roots}
        emitter = Emitter(lambda x: None if x.number in computed and x.op != "read" else self._loaded(x))
        stores: list[tuple[Key, Place, str]] = []
        if node is not None:
            emitter.known[node.number, here] = "value"
        for root in (*([] if node is None else [node]), *roots):
            placed = emitter.replaced(root, here) if root.op == "update_at" else [(here, emitter.at(root, here))]
            stores += [(key, place, result) for key in self.program.targets(root) for place, result in placed]
            for piece in self.program.grouping.pieces.get(root.number, ()):
                key = self.program.scratch(piece.whole)
                stores += [(key, place, result) for place, result in emitter.joined(root, piece.path, here)]
        # All values are computed before the first is stored, since several may need a variable's old value.
        self.emitter.scalars |= {key for key, place, _ in stores if self.fours and place.lanes < 4}
        lines = []
        for key, place, result in stores:
            binding = self.emitter.bound(key, "out", "read_write", self.fours)
            emitter.bindings[binding.name] = binding
            lines += [f"{to} = {what};" for to, what in assigned(binding, place, result)]
        return self._body(emitter, lines)

    def _place(self, port: str) -> Place:
        return Place("i", lanes(self.kernel.ports[port]))

    def _loaded(self, node: Tensor) -> tuple[Key, Binding] | None:
        if not self.program.grouping.is_leaf(node):
            return None
        key = self.program.source(node)
        return key, self.emitter.bound(key, "in", "read", self.fours)

    def _body(self, emitter: Emitter, lines: list[str]) -> Body:
        self.whole &= emitter.whole
        return Body((*emitter.lines, *lines), tuple(emitter.bindings.values()), tuple(sorted(emitter.imports)))


def _zero(kernel: Kernel, port: str) -> Body:
    """The body of a load port without an input: it returns 0."""
    return Body((f"return {WORDS[lanes(kernel.ports[port])]['zero']};",))
