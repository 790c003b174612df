/**
 * A kernel becomes a function: its invocations, one after the other.
 *
 * In: the syntax of its text, and what is known of a dispatch (sizes, how long its buffers are, how many workgroups).
 * Out: a function of the addresses of its buffers and of the first and the last workgroup that it shall run, so that
 * several threads can share a dispatch. Workgroups are counted along the first dimension of the grid.
 */
import { phases } from "./barriers.js";
import { Context } from "./context.js";
import { concrete, expected } from "./conversions.js";
import { evaluate, typed } from "./evaluate.js";
import { arithmetic, known } from "./integers.js";
import { withoutInvariants } from "./invariants.js";
import { add, times } from "./linear.js";
import { LARGEST, anAddress, held, integer, node } from "./nodes.js";
import { knownAs } from "./references.js";
import { lower } from "./statements.js";
import { U32, composite, computed, isArray, strideOf, vectorOf } from "./types.js";

/** @typedef {import("./compiler.d.ts").BindingSyntax} BindingSyntax */
/** @typedef {import("./compiler.d.ts").Callable} Callable */
/** @typedef {import("./compiler.d.ts").FunctionSyntax} FunctionSyntax */
/** @typedef {import("./compiler.d.ts").Local} Local */
/** @typedef {import("./compiler.d.ts").ModuleSyntax} ModuleSyntax */
/** @typedef {import("./compiler.d.ts").Node} Node */
/** @typedef {import("./compiler.d.ts").Value} Value */

/**
 * What is known of a dispatch: `bytes` of each storage buffer, in the order of bindings, and the largest value of the
 * parameter TIME, in which the dispatches of a scan differ: it is not known, but the function's last argument.
 * @typedef {Record<string, number>} Sizes
 * @typedef {{ entry: string, constants: Sizes, params: Sizes, bytes: number[], workgroups: number[],
 *   latest?: number }} Dispatch
 */
/** @typedef {(name: string) => Callable | null} Library */
export const TIME = "TIME";

/** @typedef {{ x: Node, y: Node, lane: Node, invocation: Node }} Place where an invocation lies in the grid */

/**
 * @param {ModuleSyntax} module @param {string} file @param {Dispatch} dispatch @param {Library} library
 * @returns {{ callable: Callable, scratch: number }} and the bytes of memory of its own that it takes
 */
export function kernelOf(module, file, dispatch, library) {
  const context = new Context(module, file, library);
  const main = module.functions.get(dispatch.entry);
  if (!main?.workgroup.length)
    return context.fail(1, `a kernel is expected, a function \`${dispatch.entry}\` with @workgroup_size`);
  define(context, dispatch.constants);
  const [parameters, times] = bind(context, dispatch);
  const [first, last] = [
    context.local("i32", { frozen: true, max: counted(dispatch) }),
    context.local("i32", { frozen: true, max: counted(dispatch) }),
  ];
  const size = sizeOf(context, main);
  const invocations = size * counted(dispatch);
  if (dispatch.workgroups[2] !== 1 || invocations > LARGEST)
    context.fail(1, "a grid of two dimensions and of less than 2^32 invocations is expected");
  if (module.shared.length) grouped(context, main, dispatch, size, first, last);
  else ungrouped(context, main, dispatch, size, first, last);
  const body = withoutInvariants(context.output, (type) => context.local(type));
  const all = [...parameters, first, last, ...times];
  const locals = [...all, ...context.locals.filter((each) => !all.includes(each))];
  const callable = {
    name: file,
    parameters: all.map((each) => each.type),
    results: [],
    locals,
    body,
    index: -1,
    exported: null,
  };
  return { callable, scratch: context.scratch };
}

/** @param {Dispatch} dispatch @returns {number} workgroups in all */
function counted({ workgroups }) {
  return workgroups.reduce((product, each) => product * each, 1);
}

/** @param {Context} context @param {Sizes} constants of overrides */
export function define(context, constants) {
  for (const { name, type, value, override, line } of context.module.constants) {
    const given = override && Object.hasOwn(constants, name);
    const plain = given ? computed(U32, [integer(constants[name])]) : evaluate(context, value);
    if (override && !(type && typed(context, type) === U32))
      context.fail(line, `\`override ${name}: u32\` is expected`);
    context.bind(name, knownAs(type ? expected(context, plain, typed(context, type), line) : plain));
  }
}

/**
 * Names buffers, parameters and workgroup memory.
 * @param {Context} context @param {Dispatch} dispatch
 * @returns {[Local[], Local[]]} the addresses of storage buffers, and the time, if it is a parameter
 */
function bind(context, { params, bytes, latest = 0 }) {
  const addresses = [];
  const times = TIME in params ? [context.local("i32", { frozen: true, max: latest })] : [];
  const { bindings, shared } = context.module;
  for (const binding of [...bindings].sort((a, b) => a.binding - b.binding)) {
    const type = typed(context, binding.type);
    if (binding.space === "uniform") {
      context.bind(binding.name, knownAs(uniform(context, binding, type, params, times)));
      continue;
    }
    const stride = isArray(type) ? strideOf(type.of) : 0;
    if (!isArray(type) || type.length || !stride)
      return context.fail(
        binding.line,
        `an array of f32, u32 or vec4 without a length is expected as \`${binding.name}\``,
      );
    const length = Math.floor((bytes[addresses.length] ?? 0) / stride);
    if (!length) context.fail(binding.line, `a buffer with at least one element is expected as \`${binding.name}\``);
    const local = context.local("i32", { frozen: true });
    addresses.push(local);
    context.bind(binding.name, { kind: "place", type, address: anAddress(held(local)), length });
  }
  for (const { name, type: syntax, line } of shared) {
    const type = typed(context, syntax);
    if (!isArray(type) || !strideOf(type))
      return context.fail(line, `an array of a known length is expected as \`${name}\``);
    context.bind(name, { kind: "place", type, address: context.allocate(strideOf(type)), length: type.length });
  }
  return [addresses, times];
}

/**
 * Parameters of a dispatch, which are constants here, all but the time.
 * @param {Context} context @param {BindingSyntax} binding @param {import("./compiler.d.ts").Type} type
 * @param {Sizes} params @param {Local[]} times @returns {Value}
 */
function uniform(context, { name, line }, type, params, times) {
  return composite(
    type,
    (type.kind === "struct" ? type.fields : [{ name: "", type }]).map((field) => {
      if (field.type !== U32 || !Object.hasOwn(params, field.name))
        context.fail(line, `a struct of u32 that the dispatch gives is expected as \`${name}\``);
      return computed(U32, [field.name === TIME ? held(times[0]) : integer(params[field.name])]);
    }),
  );
}

/** @param {Context} context @param {FunctionSyntax} main @returns {number} invocations of a workgroup */
function sizeOf(context, main) {
  const [size, ...more] = main.workgroup.map((each) => {
    const value = concrete(context, evaluate(context, each), U32, main.line);
    return value.type === U32 ? known(value.nodes[0]) : null;
  });
  if (!size || more.some((each) => each !== 1))
    return context.fail(main.line, "workgroups of one dimension and of a known size are expected");
  return size;
}

/**
 * What an entry point's parameters hold.
 * @param {Context} context @param {FunctionSyntax} main @param {Dispatch} dispatch @param {Place} place
 */
function enter(context, main, { workgroups }, { x, y, lane, invocation }) {
  const three = (/** @type {Node[]} */ ...nodes) => computed(vectorOf(3, U32), nodes);
  /** @type {Record<string, Value>} */
  const values = {
    global_invocation_id: three(invocation, y, integer(0)),
    num_workgroups: three(...workgroups.map(integer)),
    workgroup_id: three(x, y, integer(0)),
    local_invocation_index: computed(U32, [lane]),
  };
  for (const { name, builtin, type, line } of main.parameters) {
    if (!Object.hasOwn(values, builtin))
      context.fail(line, `one of ${Object.keys(values).join(", ")} is expected as \`${name}\``, builtin);
    context.bind(name, knownAs(expected(context, values[builtin], typed(context, type), line)));
  }
}

/**
 * One invocation: `return` leaves the block.
 * @param {Context} context @param {FunctionSyntax} main @param {Dispatch} dispatch @param {Place} place
 */
function invocation(context, main, dispatch, place) {
  const label = { used: false };
  context.exit = { label, result: null };
  const body = context.collected(() => {
    context.scoped(() => {
      enter(context, main, dispatch, place);
      lower(context, main.body);
    });
  });
  context.emit({ kind: "block", label, body });
}

/**
 * From `from` up to, but not including, `to`.
 * @param {Context} context @param {Local} local @param {Node} from @param {Node} to @param {() => void} fill
 */
export function count(context, local, from, to, fill) {
  const label = { used: true };
  context.set(local, from);
  const body = context.collected(() => {
    fill();
    context.set(local, node("i32.add", "i32", [held(local), integer(1)]));
    context.emit({ kind: "branch", label, condition: node("i32.lt_u", "i32", [held(local), to]) });
  });
  /** @type {import("./compiler.d.ts").Instruction} */
  const loop = { kind: "loop", label, body };
  const any = /** @type {Node} */ (arithmetic(context, "<", from, to));
  if (known(any)) context.emit(loop);
  else context.emit({ kind: "if", condition: any, accept: [loop], reject: [] });
}

/**
 * `%` or `/` of a number and a constant.
 * @param {Context} context @param {string} operator @param {Node} a @param {number} b @returns {Node}
 */
function part(context, operator, a, b) {
  return /** @type {Node} */ (arithmetic(context, operator, a, integer(b)));
}

/**
 * A loop over invocations, which are counted along the rows of the grid.
 * @param {Context} context @param {FunctionSyntax} main @param {Dispatch} dispatch @param {number} size
 * @param {Local} first @param {Local} last
 */
function ungrouped(context, main, dispatch, size, first, last) {
  const local = context.local("i32", { depth: 1, frozen: true, max: counted(dispatch) * size - 1 });
  count(context, local, times(held(first), size), context.shared(times(held(last), size)), () => {
    context.depth = 1;
    const row = dispatch.workgroups[0] * size;
    const [x, y] = ["%", "/"].map((operator) => part(context, operator, held(local), row));
    const [lane, group] = ["%", "/"].map((operator) => part(context, operator, x, size));
    invocation(context, main, dispatch, { x: group, y, lane, invocation: x });
  });
}

/**
 * Workgroups that share memory: stretches between barriers, one after the other.
 * @param {Context} context @param {FunctionSyntax} main @param {Dispatch} dispatch @param {number} size
 * @param {Local} first @param {Local} last
 */
function grouped(context, main, dispatch, size, first, last) {
  const local = context.local("i32", { depth: 1, frozen: true, max: counted(dispatch) - 1 });
  count(context, local, held(first), held(last), () => {
    context.depth = 1;
    const [x, y] = ["%", "/"].map((operator) =>
      context.shared(part(context, operator, held(local), dispatch.workgroups[0])),
    );
    phases(context, main.body, size, (lane) => {
      enter(context, main, dispatch, { x, y, lane, invocation: add(times(x, size), lane) });
    });
  });
}
