// The shapes of what the compiler's rooms hand each other. Types only: nothing of this is shipped.

// Words and syntax

export interface Token {
  kind: "number" | "name" | "sign" | "end";
  text: string;
  line: number;
}

/** A type as written: `array<vec4<f32>, 4>` is array, with one parameter and a length. */
export interface TypeSyntax {
  name: string;
  parameters: TypeSyntax[];
  length: Expression | null;
  line: number;
}

export type Expression =
  | { kind: "number"; text: string; line: number }
  | { kind: "boolean"; value: boolean; line: number }
  | { kind: "name"; name: string; line: number }
  | { kind: "member"; of: Expression; name: string; line: number }
  | { kind: "index"; of: Expression; at: Expression; line: number }
  | { kind: "unary"; operator: string; of: Expression; line: number }
  | { kind: "binary"; operator: string; left: Expression; right: Expression; line: number }
  | Call;
export interface Call {
  kind: "call";
  type: TypeSyntax;
  operands: Expression[];
  line: number;
}

export type Statement =
  | Declaration
  | Assignment
  | { kind: "call"; call: Call; line: number }
  | { kind: "if"; condition: Expression; accept: Statement[]; reject: Statement[]; line: number }
  | For
  | { kind: "block"; body: Statement[]; line: number }
  | { kind: "return"; value: Expression | null; line: number }
  | { kind: "continue" | "break"; line: number };
/** `let`, `const` and `var` in a function. */
export interface Declaration {
  kind: "let" | "var";
  name: string;
  type: TypeSyntax | null;
  value: Expression | null;
  line: number;
}
/** `operator` is empty where nothing is computed of what the target held. */
export interface Assignment {
  kind: "assign";
  target: Expression;
  operator: string;
  value: Expression;
  line: number;
}
export interface For {
  kind: "for";
  initial: Declaration | null;
  condition: Expression;
  update: Assignment | null;
  body: Statement[];
  line: number;
}

export interface Parameter {
  name: string;
  type: TypeSyntax;
  builtin: string;
  line: number;
}
export interface FunctionSyntax {
  name: string;
  parameters: Parameter[];
  result: TypeSyntax | null;
  body: Statement[];
  line: number;
  /** Of an entry point: what stands behind @workgroup_size; else empty. */
  workgroup: Expression[];
}
export interface Constant {
  name: string;
  type: TypeSyntax | null;
  value: Expression;
  override: boolean;
  line: number;
}
export interface BindingSyntax {
  name: string;
  type: TypeSyntax;
  space: string;
  access: string;
  binding: number;
  line: number;
}
export interface ModuleSyntax {
  constants: Constant[];
  bindings: BindingSyntax[];
  /** Workgroup memory. */
  shared: { name: string; type: TypeSyntax; line: number }[];
  structs: Map<string, { name: string; type: TypeSyntax }[]>;
  functions: Map<string, FunctionSyntax>;
}

// Types and values

export type Type =
  | { kind: "scalar"; name: "f32" | "u32" | "bool" }
  | { kind: "abstract"; name: "integer" | "float" }
  | { kind: "vector"; name: string; size: number; of: Scalar }
  | { kind: "matrix"; name: string }
  | { kind: "array"; name: string; of: Type; length: number }
  | { kind: "struct"; name: string; fields: { name: string; type: Type }[] };
export type Scalar = Extract<Type, { kind: "scalar" }>;
export type Vector = Extract<Type, { kind: "vector" }>;

/**
 * What an expression is worth: `nodes` that compute it, one for a scalar, four for the columns of a matrix; for a
 * vector one of 128 bits (a mask where it is of bools), or, where it is of u32, one for each number. Arrays and structs
 * have `items` instead, and an abstract number its `number`.
 */
export interface Value {
  type: Type;
  nodes: Node[];
  items: Value[];
  number: number;
}

// What is emitted

export type WasmType = "i32" | "f32" | "v128";
export interface Local {
  type: WasmType;
  id: number;
  index: number;
  depth: number;
  max: number;
  divisor: number;
  frozen: boolean;
}
export interface Term {
  factor: number;
  node: Node;
}
export interface Callable {
  name: string;
  parameters: WasmType[];
  results: WasmType[];
  locals: Local[];
  body: Instruction[];
  index: number;
  exported: string | null;
}

/** A tree of WebAssembly instructions that leaves one value. */
export interface Node {
  op: string;
  type: WasmType;
  operands: Node[];
  /** Two nodes with one id are worth the same wherever both may stand. */
  id: number;
  /** No u32 that it is worth is larger; LARGEST where nothing is known. */
  max: number;
  /** A power of two that divides it always. */
  divisor: number;
  /** It is worth the same wherever it stands: it reads neither memory nor a local that may change. */
  fixed: boolean;
  /** It reads memory. */
  reads: boolean;
  /** How many loops deep the innermost local lies that it reads. */
  depth: number;
  /** How many instructions it takes. */
  size: number;
  /** The number of a constant, the constant part of a linear form, the lane, the offset of a load or store. */
  value: number;
  /** Of a constant vector its numbers, of a shuffle the lanes that it takes. */
  lanes: number[];
  terms: Term[];
  local: Local | null;
  callee: Callable | null;
}

export type Instruction =
  | { kind: "set"; local: Local; node: Node }
  | { kind: "do"; node: Node }
  | { kind: "if"; condition: Node; accept: Instruction[]; reject: Instruction[] }
  | { kind: "block" | "loop"; label: Label; body: Instruction[] }
  | { kind: "branch"; label: Label; condition: Node | null };
/** What a branch names: the block that it leaves or the loop that it repeats. */
export interface Label {
  used: boolean;
}

// What names stand for

/** A variable in locals, as many as its type has nodes. */
export interface Variable {
  kind: "variable";
  type: Type;
  locals: Local[];
}
/**
 * A place in memory, in bytes, and how many elements may be indexed there: all that the type says, or that a buffer
 * has.
 */
export interface Place {
  kind: "place";
  type: Type;
  address: Node;
  length: number;
  /** Where it lies in a copy of what is in locals, because its index varies: of what, and the whole copy. */
  copy?: { of: Exclude<Reference, Place>; place: Place };
}
export interface Known {
  kind: "value";
  type: Type;
  value: Value;
}
/** One number of a vector, or one column of a matrix: of a variable, or of what an expression is worth. */
export interface Part {
  kind: "part";
  type: Type;
  of: Variable | Known;
  lane: number;
}
export type Meaning = Variable | Place | Known;
export type Reference = Meaning | Part;
