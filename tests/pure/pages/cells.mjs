// Cells of every output, by demos/runtime/inspect/cells.js: all of a small one, MOST of a large one. argv: the URLs of
// cells.js and formula.js; standard input: formulas and arrays.
import { text } from "node:stream/consumers";

const MOST = 50;
const { Cells } = await import(process.argv[2]);
const { explainCell } = await import(process.argv[3]);
const { formulas, arrays } = JSON.parse(await text(process.stdin));
for (const name of Object.keys(arrays)) arrays[name] = arrays[name].map(Number);
const cells = new Cells(formulas.nodes, arrays);
const found = {};
const said = {};
for (const [name, node] of Object.entries(formulas.outputs)) {
  const size = formulas.nodes[node].shape.reduce((a, b) => a * b, 1);
  const every = Math.ceil(size / MOST);
  const places = Array.from({ length: Math.ceil(size / every) }, (_, i) => i * every);
  // JSON has no NaN and no infinities: they go as text. What is not followed goes as the op's name.
  const values = places.map((at) => cells.missing({ node, at }) ?? `${cells.value({ node, at })}`);
  found[name] = { places, values };
  const { symbols, numbers, terms, sum, notes } = explainCell(cells, { node, at: 0 });
  said[name] = { symbols, numbers, notes, terms: terms.map(({ text, words }) => [text, words]) };
  said[name].rows = sum?.rows.map(({ k }) => k) ?? [];
}
console.log(JSON.stringify({ found, said }));
