// Compiles plans: one process for as many as there are. In: the folder that holds the runtime and the kernels, as an
// argument, and a plan as a line of JSON for each request. Out: a line of JSON for each answer: the module in base64,
// how its memory is arranged, and the trial, or what was refused and where. It does not know what plans compute.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [folder] = process.argv.slice(2);
const from = (name) => pathToFileURL(join(folder, name)).href;
const { compile } = await import(from("demos/runtime/compiler/compiler.js"));
const { layoutOf } = await import(from("demos/runtime/compiler/layout.js"));
const { expectedOf } = await import(from("demos/runtime/common/trial.js"));
const functions = readFileSync(join(folder, "shaders/processor/functions.wgsl"), "utf8");

function answered(plan) {
  const wasm = Buffer.from(compile(plan, functions)).toString("base64");
  const { addresses, scratch, pages } = layoutOf(plan);
  return { wasm, addresses, scratch, pages, trial: JSON.stringify(expectedOf(plan, compile, functions)) };
}

/** Which of the plan's sources the compiler refuses: several can be of one file. */
function refusedSource(plan) {
  const sources = Object.entries(plan.sources).map(([id, source]) => [id, { ...source, file: id }]);
  try {
    compile({ ...plan, sources: Object.fromEntries(sources) }, functions);
  } catch (error) {
    return error.file;
  }
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({});
for await (const line of createInterface({ input: process.stdin })) {
  const plan = JSON.parse(line);
  try {
    say(answered(plan));
  } catch (error) {
    if (error.name !== "ShaderError") throw error;
    const sentence = error.message.slice(`${error.file}:${error.line}: `.length);
    say({ refused: sentence, file: error.file, line: error.line, source: refusedSource(plan) });
  }
}
