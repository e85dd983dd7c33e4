/** What a plot shows, as a table. @import { Table } from "./frame.js" */

import { h } from "../../lib/h.js";

/** @param {Table} table */
export function tableView({ caption, head, rows }) {
  return h(
    "details",
    { class: "plot-table", key: "table" },
    h("summary", null, "As a table"),
    h(
      "div",
      { class: "table-box", tabindex: "0", role: "region", "aria-label": caption },
      h(
        "table",
        null,
        h("caption", null, caption),
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            head.map((name, at) =>
              name ? h("th", { scope: "col", key: at }, name) : h("td", { key: at }),
            ),
          ),
        ),
        h(
          "tbody",
          null,
          rows.map((cells, at) =>
            h(
              "tr",
              { key: at },
              cells.map((cell, column) =>
                h(column ? "td" : "th", { key: column, ...(column ? {} : { scope: "row" }) }, cell),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
