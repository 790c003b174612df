// Lays out the panels of demos without a browser. In: the folders of this script and of the demos' sources as
// arguments; as JSON (stdin) [{ name, ids }], the demos and the ids of their elements. Out (stdout, JSON): for each
// { name, html: { id: [before, behind] }, rules: { class: declarations }, definition }, where the static figure stands
// between `before` and `behind`; { name, faults }, as shapes.mjs finds them, each with its places; { name, undefined:
// true } where nothing defines it; or { name, failed: { message, places, defined } }. It trains and draws nothing.
import { spawnSync } from "node:child_process";
import { Console } from "node:console";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join, sep } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as linkedom from "linkedom";

const [here, root] = process.argv.slice(1);
const url = (...parts) => pathToFileURL(join(...parts)).href;
const { openPage } = await import(url(here, "browser.mjs"));
const { checkedIndex, found } = await import(url(here, "shapes.mjs"));
const document = openPage(linkedom);
const INDEX = url(root, "demos", "runtime", "index.js");

// A page has no process, and what scripts say is no part of the answer.
delete globalThis.process;
globalThis.console = new Console(process.stderr);
globalThis.fetch = () => {
  throw new Error("nothing can be fetched before the demo is awake");
};

/** What esbuild would do with a style sheet and a kernel that a script imports; and what authors call is checked. */
registerHooks({
  load(place, context, next) {
    if (place === INDEX) return { format: "module", source: checkedIndex(place), shortCircuit: true };
    if (!/\.(css|wgsl)$/.test(place)) return next(place, context);
    const text = place.endsWith(".css") ? "" : readFileSync(fileURLToPath(place), "utf8");
    return { format: "module", source: `export default ${JSON.stringify(text)};`, shortCircuit: true };
  },
});

/** Which files and lines of the sources an error has come through, the innermost first. */
function placesOf(error) {
  const through = `${error?.stack}`.matchAll(/(file:\/\/[^\s()]+?)(?:\?unchecked)?:(\d+)(?=[:\s])/g);
  const all = [...through].map(([, place, line]) => [fileURLToPath(place), Number(line)]);
  const inside = all.filter(([path]) => path.startsWith(root + sep));
  return inside.map(([path, line]) => [path.slice(root.length + 1).replaceAll("\\", "/"), line]);
}

/** Of a script that does not parse, of whose error Node's stack says nothing. */
function unparsed(name) {
  const { stderr } = spawnSync(process.execPath, ["--check", join(root, "demos", name, "demo.js")], {
    encoding: "utf8",
  });
  const line = /demo\.js:(\d+)/.exec(stderr);
  return line ? [[`demos/${name}/demo.js`, Number(line[1])]] : [];
}

/** @returns {string[]} "property: value" each; a semicolon in quotes or in brackets ends none */
function declarationsOf(style) {
  const parts = style.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\((?:"[^"]*"|'[^']*'|[^)"'])*\)|[^;"'(])+/g) ?? [];
  return parts.map((each) => each.trim()).filter(Boolean);
}

/** The page's policy allows no style attributes: each becomes a class, whose rule says the same. */
function takeStyles(panel, rules) {
  for (const element of panel.querySelectorAll("[style]")) {
    const declarations = declarationsOf(element.getAttribute("style"));
    element.removeAttribute("style");
    if (!declarations.length) continue;
    const name = `set-${createHash("sha256").update(declarations.join(";")).digest("hex").slice(0, 8)}`;
    element.classList.add(name);
    rules[name] = declarations;
  }
}

/** Nothing answers before the scripts have come. */
function disable(panel) {
  for (const each of panel.querySelectorAll("button, input, select, textarea"))
    if (!each.closest("fieldset[disabled]")) each.setAttribute("disabled", "");
}

/** Names of buffers that views ask for when they draw. */
function drawn(demo) {
  const names = new Set();
  demo.markData = (name) => void names.add(name);
  for (const view of demo.views) {
    try {
      view.draw?.({ paint() {} });
    } catch {
      // Without a plan and a size a view need not be able to draw.
    }
  }
  return [...names].filter((name) => typeof name === "string");
}

const described = ({ label, min, max, values, sets, change, press }) => ({
  label,
  min,
  max,
  values: values && Object.keys(values),
  sets,
  acts: Boolean(change || press),
  presses: Boolean(press),
});

function definitionOf(demo) {
  const { program, race, show = [], reads = [], controls = {} } = demo.definition;
  return {
    programs: race ? race.contestants.map((each) => each.program) : [program],
    show,
    reads: [...new Set([...reads, ...demo.views.flatMap((view) => view.reads ?? [])])],
    draws: drawn(demo),
    controls: Object.fromEntries(Object.entries(controls).map(([name, control]) => [name, described(control)])),
  };
}

function placed(name, id) {
  const element = document.createElement("live-demo");
  element.setAttribute("name", name);
  element.id = id;
  element.innerHTML = '<figure><svg class="poster"></svg><figcaption></figcaption></figure>';
  document.body.append(element);
  return element;
}

/** Whatever is thrown while nobody waits for it, and the end of all that could still happen. */
function interruptions() {
  return new Promise((_, reject) => {
    process.removeAllListeners("uncaughtException").on("uncaughtException", reject);
    const never = () => reject(new Error("an `await` in it never ends"));
    process.removeAllListeners("beforeExit").on("beforeExit", never);
  });
}

async function laidOut({ name, ids }) {
  Object.assign(found, { faults: [], defined: [] });
  const elements = ids.map((id) => placed(name, id));
  await import(url(root, "demos", name, "demo.js"));
  await new Promise((go) => setTimeout(go)); // what it left to happen at once
  if (found.faults.length) return { name };
  if (!elements.every((each) => each.demo)) return { name, undefined: true };
  const made = { name, html: {}, rules: {}, definition: null };
  for (const element of elements) {
    const panel = element.querySelector(".demo-panel");
    takeStyles(panel, made.rules);
    disable(panel);
    panel.querySelector("svg.poster").replaceWith(document.createComment("poster"));
    made.html[element.id] = panel.outerHTML.split("<!--poster-->");
    made.definition ??= definitionOf(element.demo);
  }
  return made;
}

/** @returns the answer for a demo, whose faults explain whatever was thrown */
async function answerFor(demo) {
  let answer;
  try {
    answer = await Promise.race([laidOut(demo), interruptions()]);
  } catch (error) {
    const message = (error?.message ?? `${error} was thrown`).replaceAll(root + sep, "");
    const places = error instanceof SyntaxError ? unparsed(demo.name) : placesOf(error);
    answer = { name: demo.name, failed: { message, places, defined: found.defined.length > 0 } };
  }
  if (!found.faults.length) return answer;
  return { name: demo.name, faults: found.faults.map((each) => ({ ...each, places: placesOf(each) })) };
}

const answers = [];
for (const demo of JSON.parse(readFileSync(0, "utf8"))) answers.push(await answerFor(demo));
process.stdout.write(JSON.stringify(answers), () => process.exit(0)); // what is still loaded is not waited for
