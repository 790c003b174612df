// The keys that authors may write, each in one line: of a definition, of what stands in it, and of the options of views
// and layers. In: nothing. Out: the lists; "!" behind a key says that it must be there. A test holds them against the
// types of the runtime.

/** @param {string} text @returns {{ keys: string[], needed: string[] }} */
const keys = (text) => {
  const all = text.split(" ");
  return {
    keys: all.map((key) => key.replace("!", "")),
    needed: all.filter((key) => key.endsWith("!")).map((key) => key.slice(0, -1)),
  };
};

export const DEFINITION = keys(
  "help more poster program race show reads rate controls views! status describe update until rest draws diverges",
);
export const CONTROL = keys("label! min max step log unit values sets value more change press");
export const CONTESTANT = keys("program! label! colour parameters!");
export const AXIS = keys("label unit range log ticks");
/** Controls that every panel has, or may have, of its own. */
export const RESERVED = ["speed", "seed", "step", "start", "matched"];

/** Functions of a demo and options. */
export const VIEWS = {
  plot: keys("title! x y aspect layers! legend"),
  images: keys("title! value! count! shape! strides labels palette range columns choose"),
  map: keys("title! value! rows! columns! rowName columnName palette range choose chosen"),
  tokens: keys("title! tokens! value label range palette choose chosen"),
  nodes: keys("title! nodes! arrows! range choose chosen"),
  formula: keys("title! lines!"),
  verdict: keys("title! value! labels! most truth waits"),
  drawing: keys("title! write! shape! brush size shift"),
  textInput: keys("title! write! vocabulary! length! examples"),
  fileInput: keys("title! write! read! accept"),
  contestants: keys("title!"),
};
/** Functions of options alone. */
export const LAYERS = {
  line: keys("history y xy x run category write label colour width"),
  band: keys("histories! label colour width"),
  points: keys("xy! kind classes label colour size edit"),
  field: keys("value! palette range contour smooth label"),
  bars: keys("value! labels! colour label"),
  cells: keys("value! name label range palette choose chosen"),
  histogram: keys("value! bins range label colour"),
  mesh: keys("xy! value! columns! every range front back contour"),
};
