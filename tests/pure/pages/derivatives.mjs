// Derivatives by demos/runtime/inspect/derivative.js. argv: the URLs of cells.js and derivative.js; standard input:
// formulas, arrays, `most` and asked pairs of cells. Prints for each pair the slopes, or what is not followed.
import { text } from "node:stream/consumers";

const { Cells } = await import(process.argv[2]);
const { derivative } = await import(process.argv[3]);
const { formulas, arrays, most, pairs } = JSON.parse(await text(process.stdin));
const found = pairs.map(([of, by]) => {
  const cells = new Cells(formulas.nodes, arrays, most);
  return { missing: cells.missing(of), ...derivative(cells, of, by) };
});
console.log(JSON.stringify({ found }));
