// Whether what authors write has the shape that the runtime reads: definitions, their controls, the options of views.
// In: what they pass to `define`, `plot`, `line` and the others, which `checkedIndex` puts a check before. Out:
// `faults`, each { message, name, within, known, hint, stack }: what is wrong, the key in the script that it is about,
// the control in which that stands, and what there is instead or what to do. It knows no plan.
import { AXIS, CONTESTANT, CONTROL, DEFINITION, LAYERS, RESERVED, VIEWS } from "./known.mjs";

const LONGEST = 160; // characters of help

/** What is wrong with the demo that is laid out now, and the names that its scripts defined. */
export const found = { faults: [], defined: [] };

const isText = (value) => typeof value === "string" && value.trim() !== "";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isTexts = (value) => Array.isArray(value) && value.every(isText);
const isNumber = (value) => Number.isFinite(value);
const isFunction = (value) => typeof value === "function";

function fault(message, name = "", more = {}) {
  found.faults.push({ message, name, stack: new Error().stack, ...more });
}

/** What a key must be, where it is there: a test, and its name. */
const KINDS = {
  text: [isText, "a text"],
  texts: [isTexts, "a list of texts"],
  function: [isFunction, "a function"],
  flag: [(value) => typeof value === "boolean", "true or false"],
  number: [isNumber, "a number"],
  positive: [(value) => value > 0 && typeof value === "number", "a number above 0"],
  object: [isObject, "an object"],
  end: [(value) => isFunction(value) || value > 0, "a function or a number above 0"],
};

/** @returns {boolean} whether this is an object; unknown and missing keys, and those of the wrong kind, are faults */
function check(what, value, { keys, needed }, kinds) {
  if (!isObject(value)) {
    fault(`${what} must be an object, and is ${told(value)}`);
    return false;
  }
  for (const key of Object.keys(value))
    if (!keys.includes(key)) fault(`${what} has the unknown key \`${key}\``, key, { known: keys });
  for (const key of needed) if (value[key] === undefined) fault(`${what} lacks \`${key}\``);
  for (const [key, kind] of Object.entries(kinds)) {
    const [is, name] = KINDS[kind];
    if (value[key] !== undefined && !is(value[key]))
      fault(`\`${key}\` of ${what} must be ${name}, and is ${told(value[key])}`, key);
  }
  return true;
}

function told(value) {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "string") return `the text "${value.slice(0, 40)}"`;
  if (typeof value === "function") return "a function";
  return isObject(value) ? "an object" : `${value}`;
}

const OF_DEFINITION = {
  help: "text",
  more: "texts",
  poster: "text",
  program: "text",
  race: "object",
  show: "texts",
  reads: "texts",
  rate: "positive",
  controls: "object",
  views: "function",
  status: "function",
  describe: "function",
  update: "function",
  until: "end",
  rest: "positive",
  draws: "flag",
  diverges: "flag",
};

function checkDefinition(definition) {
  if (!check("the definition", definition, DEFINITION, OF_DEFINITION)) return;
  const { help, race, program, controls } = definition;
  if (isText(help) && help.length > LONGEST)
    fault(`\`help\` has ${help.length} characters, and there is room for ${LONGEST}`, "help", {
      hint: "What else there is to try goes into `more`",
    });
  if (race && program) fault("the definition has `race` and `program`", "race", { hint: "Leave one of them out" });
  if (isObject(race)) checkRace(race.contestants);
  if (isObject(controls)) for (const [name, control] of Object.entries(controls)) checkControl(name, control);
}

function checkRace(contestants) {
  if (!Array.isArray(contestants) || contestants.length < 2)
    return fault("`race` needs a list `contestants` of at least two", "race");
  for (const each of contestants)
    check("a contestant", each, CONTESTANT, { program: "text", label: "text", parameters: "text" });
}

const OF_CONTROL = { label: "text", min: "number", max: "number", step: "positive", log: "flag", unit: "text" };
const MORE_OF_CONTROL = { values: "object", sets: "texts", more: "flag", change: "function", press: "function" };

function checkControl(name, control) {
  const what = `the control \`${name}\``;
  if (RESERVED.includes(name))
    fault(`${what} has a name that panels need for their own`, name, { hint: "Call it something else" });
  const before = found.faults.length;
  if (check(what, control, CONTROL, { ...OF_CONTROL, ...MORE_OF_CONTROL })) checkRange(what, name, control);
  for (const each of found.faults.slice(before)) each.within = name;
}

function checkRange(what, name, { min, max, log, values }) {
  if (isObject(values) && (!Object.keys(values).length || !isTexts(Object.values(values))))
    fault(`\`values\` of ${what} must give a text for each value`, name);
  if ((min === undefined) !== (max === undefined))
    fault(`${what} has \`${min === undefined ? "max" : "min"}\` alone`, name, { hint: "A slider has both" });
  else if (isNumber(min) && isNumber(max) && min >= max) fault(`${what} reaches from ${min} to ${max}`, name);
  if (log && !(min > 0))
    fault(`${what} is logarithmic and begins at ${min}`, name, { hint: "Its `min` must be above 0" });
}

const OF_OPTIONS = { title: "text", label: "text" };

function checkOptions(name, options, known) {
  if (!check(`\`${name}\``, options, known, OF_OPTIONS)) return;
  if (name === "plot") {
    if (options.layers !== undefined && !Array.isArray(options.layers))
      fault(`\`layers\` of \`plot\` must be a list, and is ${told(options.layers)}`, "layers");
    for (const axis of ["x", "y"])
      if (options[axis] !== undefined) check(`\`${axis}\` of \`plot\``, options[axis], AXIS, {});
  }
  if (name === "line" && !["history", "y", "xy"].some((key) => options[key] !== undefined))
    fault("`line` lacks `history`, `y` or `xy`", "", { hint: "One of them says what is drawn" });
}

function checkViews(views) {
  if (!Array.isArray(views)) fault(`\`views\` must give a list, and gives ${told(views)}`, "views");
  else if (!views.every((view) => view?.element instanceof Element))
    fault("`views` gives something that has no `element`", "views");
  return views;
}

/** @returns the same, each of its calls looked at */
export function checkedDefinition(definition) {
  checkDefinition(definition);
  const { views } = definition ?? {};
  if (!isFunction(views)) return definition;
  return { ...definition, views: (demo) => checkViews(views.call(definition, demo)) };
}

/** What runtime/index.js gives, with a check before each function that authors call. */
export function checkedRuntime(real) {
  const define = (name, given) => {
    found.defined.push(name);
    return real.define(name, isFunction(given) ? () => checkedDefinition(given()) : checkedDefinition(given));
  };
  const all = { define };
  for (const [name, known] of Object.entries({ ...VIEWS, ...LAYERS }))
    all[name] = (...given) => {
      checkOptions(name, given.at(name in VIEWS ? 1 : 0), known);
      return real[name](...given);
    };
  return all;
}

/** @param {string} place of runtime/index.js @returns {string} a module in its place */
export function checkedIndex(place) {
  const all = JSON.stringify(`${place}?unchecked`);
  const names = ["define", ...Object.keys(VIEWS), ...Object.keys(LAYERS)].join(", ");
  return `import * as real from ${all};
import { checkedRuntime } from ${JSON.stringify(import.meta.url)};
export * from ${all};
export const { ${names} } = checkedRuntime(real);`;
}
