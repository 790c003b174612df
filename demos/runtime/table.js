/**
 * What the views show, as tables. Loaded when the reader asks for them.
 *
 * In: views. Out: elements.
 */
import { h } from "./dom.js";

/** @param {import("./types.d.ts").View[]} views */
export async function makeTables(views) {
  const tables = await Promise.all(views.map((view) => view.table?.()));
  return tables
    .flatMap((table) => table ?? [])
    .map(({ title, head, rows }) =>
      h(
        "div",
        { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": title },
        h(
          "table",
          null,
          h("caption", null, title),
          h(
            "thead",
            null,
            h("tr", null, ...head.map((each) => (each ? h("th", { scope: "col" }, each) : h("td", null)))),
          ),
          h("tbody", null, ...rows.map((row) => h("tr", null, ...row.map((each) => h("td", null, `${each}`))))),
        ),
      ),
    );
}
