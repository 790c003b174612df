// Lays out the panels of demos without a browser. In: the folders of this script and of the demos' sources as
// arguments; as JSON (stdin) [{ name, ids }], the demos and the ids of their elements. Out (stdout, JSON): for each
// { name, html: { id: [before, behind] }, rules: { class: declarations }, definition }, where the static figure stands
// between `before` and `behind`; or { name, failed: { message, places } }. It trains nothing and draws nothing.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as linkedom from "linkedom";

const [here, root] = process.argv.slice(1);
const url = (...parts) => pathToFileURL(join(...parts)).href;
const { openPage } = await import(url(here, "browser.mjs"));
const document = openPage(linkedom);

/** What esbuild would do with a style sheet and a kernel that a script imports. */
registerHooks({
  load(place, context, next) {
    if (!/\.(css|wgsl)$/.test(place)) return next(place, context);
    const text = place.endsWith(".css") ? "" : readFileSync(fileURLToPath(place), "utf8");
    return { format: "module", source: `export default ${JSON.stringify(text)};`, shortCircuit: true };
  },
});

/** Which files and lines of the sources an error has come through, the innermost first. */
function placesOf(error) {
  const found = `${error?.stack}`.matchAll(/(file:\/\/[^\s()]+?):(\d+):\d+/g);
  const all = [...found].map(([, place, line]) => [fileURLToPath(place), Number(line)]);
  const inside = all.filter(([path]) => path.startsWith(root));
  return inside.map(([path, line]) => [path.slice(root.length + 1).replaceAll("\\", "/"), line]);
}

/** The page's policy allows no style attributes: each becomes a class, whose rule says the same. */
function takeStyles(panel, rules) {
  for (const element of panel.querySelectorAll("[style]")) {
    const declarations = element.getAttribute("style").trim().replace(/;$/, "");
    element.removeAttribute("style");
    if (!declarations) continue;
    const name = `set-${createHash("sha256").update(declarations).digest("hex").slice(0, 8)}`;
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

async function laidOut({ name, ids }) {
  const elements = ids.map((id) => placed(name, id));
  await import(url(root, "demos", name, "demo.js"));
  const made = { name, html: {}, rules: {}, definition: null };
  for (const element of elements) {
    if (!element.demo) return { name, failed: { message: "undefined", places: [] } };
    const panel = element.querySelector(".demo-panel");
    takeStyles(panel, made.rules);
    disable(panel);
    panel.querySelector("svg.poster").replaceWith(document.createComment("poster"));
    made.html[element.id] = panel.outerHTML.split("<!--poster-->");
    made.definition ??= definitionOf(element.demo);
  }
  return made;
}

const answers = [];
for (const demo of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    answers.push(await laidOut(demo));
  } catch (error) {
    answers.push({ name: demo.name, failed: { message: `${error?.message ?? error}`, places: placesOf(error) } });
  }
}
process.stdout.write(JSON.stringify(answers), () => process.exit(0)); // what is still loaded is not waited for
