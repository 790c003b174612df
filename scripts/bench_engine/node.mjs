/**
 * A script of pages/ in Node, as if it were in a page.
 *
 * In: the URL of the page whose one script it is, and on standard input an expression in each line. Out: its value or
 * its error, a line of JSON for each.
 */
import { createInterface } from "node:readline";
import { runInThisContext } from "node:vm";

const [, , address] = process.argv;
const { fetch } = globalThis;
globalThis.window = globalThis;
globalThis.location = new URL(address);
globalThis.fetch = (path, options) => fetch(new URL(path, address), options);

const page = await globalThis.fetch("/").then((response) => response.text());
const script = await globalThis.fetch(/src="(.*?)"/.exec(page)[1]).then((response) => response.text());
await import(`data:text/javascript;base64,${Buffer.from(script).toString("base64")}`);

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = { value: (await runInThisContext(line)) ?? null };
  } catch (error) {
    answer = { error: `${error.name}: ${error.message}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
