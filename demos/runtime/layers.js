/**
 * What a plot can hold: lines, points, fields, bars. Each says what to draw, what lies under the pointer, and its numbers as a table.
 *
 * In: names of buffers. Out: layers for `plot`.
 */
import { sizeOf } from "./data.js";
import { numeral } from "./dom.js";

/** @typedef {import("./plot.js").Layer} Layer */
/** @typedef {import("./plot.js").Plot} Plot */

const CATEGORIES = [1, 2, 3, 4, 5, 6, 7].map((k) => `--cat-${k}`);
export const SIGNS = ["--negative", "--positive"];
const TABLE_ROWS = 100;

/** @param {Plot} plot @param {string} name of a ring @returns {{ first: number, count: number, size: number }} what of it is filled */
function filled({ demo }, name) {
  const size = sizeOf(demo.shape(name));
  return { first: Math.max(0, demo.step - size), count: Math.min(demo.step, size), size };
}

/**
 * @param {{ history?: string, y?: string, xy?: string, x?: [number, number], run?: number, category?: string, label?: string, colour?: string, width?: number, write?: boolean }} options
 * @returns {Layer}
 */
export function line(options) {
  return options.history
    ? historyLine({ ...options, history: options.history })
    : options.xy
      ? pathLine({ ...options, xy: options.xy })
      : curveLine({ ...options, y: options.y ?? "" });
}

/** @param {{ history: string, label?: string, colour?: string, width?: number }} options @returns {Layer} */
function historyLine({ history, label, colour = "--cat-1", width = 1.75 }) {
  return {
    label,
    colour,
    reads: [history],
    extent(plot) {
      const { first, count, size } = filled(plot, history);
      const values = Array.from(
        plot.demo.values[history]?.subarray(0, Math.min(size, plot.demo.lookedAt)) ?? [],
      ).filter((value) => Number.isFinite(value) && (!plot.y.log || value > 0));
      // Room to grow into, so that the line moves and not the axis.
      return {
        x: [plot.x.log ? 1 : first, Math.max(first + count, 20) * (plot.demo.playing ? 1.15 : 1)],
        y: values.length ? [plot.y.log ? Math.min(...values) : Math.min(0, ...values), Math.max(...values)] : undefined,
      };
    },
    marks(plot) {
      const data = plot.demo.source(history);
      const { first, count, size } = filled(plot, history);
      if (!data || count < 1) return [];
      return [
        {
          shape: "segment",
          data,
          colours: [colour],
          count: Math.max(1, count - 1),
          flags: 0,
          window: plot.window,
          logs: plot.logs,
          x: [first + Number(plot.x.log), 1],
          width,
          first: first % size,
          size,
        },
      ];
    },
    probe(plot, x) {
      const { first, count, size } = filled(plot, history);
      const step = Math.round(x) - Number(plot.x.log);
      if (step < first || step >= first + count) return;
      return plot.demo
        .probe(history, step % size)
        .then((value) => `${label ?? history} ${numeral(value)} at step ${numeral(step)}`);
    },
    async table(plot) {
      const { first, count, size } = filled(plot, history);
      const ring = count ? await plot.demo.read(history) : [];
      const every = Math.max(1, Math.ceil(count / TABLE_ROWS));
      return {
        head: ["step", label ?? history],
        rows: Array.from({ length: Math.ceil(count / every) }, (_, i) => [
          first + i * every,
          numeral(ring[(first + i * every) % size]),
        ]),
      };
    },
  };
}

/** @param {{ y: string, x?: [number, number], category?: string, label?: string, colour?: string, width?: number, write?: boolean }} options @returns {Layer} */
function curveLine({ y, x, category, label, colour = "--cat-1", width = 2.5, write }) {
  /** @param {Plot} plot */
  const spread = (plot) => {
    const [from, to] = x ?? [plot.x.value(0), plot.x.value(1)];
    const size = sizeOf(plot.demo.shape(y));
    return { from, step: (to - from) / Math.max(1, size - 1), size };
  };
  return {
    label,
    colour,
    marks(plot) {
      const data = plot.demo.source(y);
      if (!data) return [];
      const { from, step, size } = spread(plot);
      const kind = category ? plot.demo.source(category) : undefined;
      return [
        {
          shape: "segment",
          data,
          kind,
          colours: kind ? CATEGORIES : [colour],
          count: size - 1,
          size,
          flags: kind ? 2 : 0,
          window: plot.window,
          logs: plot.logs,
          x: [from, step],
          width,
        },
      ];
    },
    probe(plot, at) {
      const { from, step, size } = spread(plot);
      const i = Math.round((at - from) / step);
      if (!(i >= 0 && i < size)) return;
      return plot.demo.probe(y, i).then((value) => `${label ?? y} ${numeral(value)} at ${numeral(from + i * step)}`);
    },
    async table(plot) {
      const { from, step, size } = spread(plot);
      const values = await plot.demo.read(y);
      const every = Math.ceil(size / TABLE_ROWS);
      return {
        head: [plot.x.name || "x", label ?? y],
        rows: Array.from({ length: Math.ceil(size / every) }, (_, i) => [
          numeral(from + i * every * step),
          numeral(values[i * every]),
        ]),
      };
    },
    attach: write
      ? (plot) => void import("./edit.js").then(({ editCurve }) => editCurve(plot, y, () => spread(plot)))
      : undefined,
  };
}

/** @param {string} name @returns {Layer["table"]} */
const pairs =
  (name) =>
  async ({ demo }) => {
    const values = await demo.read(name);
    return {
      head: [`${name} x`, `${name} y`],
      rows: Array.from({ length: Math.min(TABLE_ROWS, values.length / 2) }, (_, i) => [
        numeral(values[2 * i]),
        numeral(values[2 * i + 1]),
      ]),
    };
  };

/** @param {{ xy: string, run?: number, label?: string, colour?: string, width?: number }} options @returns {Layer} */
function pathLine({ xy, run, label, colour = "--ink-2", width = 1.25 }) {
  return {
    label,
    colour,
    marks(plot) {
      const data = plot.demo.source(xy);
      const size = sizeOf(plot.demo.shape(xy)) / 2;
      return data
        ? [
            {
              shape: "segment",
              data,
              colours: [colour],
              count: size - 1,
              size,
              run,
              flags: 1,
              window: plot.window,
              logs: plot.logs,
              width,
            },
          ]
        : [];
    },
    table: pairs(xy),
  };
}

/**
 * @param {{ xy: string, kind?: string, classes?: number, label?: string, colour?: string, size?: number, edit?: import("./edit.js").PointEdit }} options
 * @returns {Layer}
 */
export function points({ xy, kind, classes, label, colour = "--ink", size = 7, edit }) {
  /** @type {(() => void) | undefined} */
  let refresh;
  return {
    label,
    colour,
    // Points of the reader's own are SVG: each can be focused, moved and named.
    marks(plot) {
      const data = plot.demo.source(xy);
      if (!data || edit) return [];
      const kinds = kind ? plot.demo.source(kind) : undefined;
      const signed = kinds?.dtype === "f32";
      const count = sizeOf(plot.demo.shape(xy)) / 2;
      return [
        {
          shape: "disc",
          data,
          kind: kinds,
          colours: !kinds ? [colour] : signed || classes === 2 ? SIGNS : CATEGORIES,
          count,
          flags: 1 | (kinds ? 2 : 0) | (signed ? 4 : 0),
          window: plot.window,
          logs: plot.logs,
          width: size,
        },
      ];
    },
    table: pairs(xy),
    attach:
      edit &&
      ((plot) =>
        void import("./edit.js").then(({ editPoints }) => (refresh = editPoints(plot, xy, kind ?? "", edit, size)))),
    refresh: () => refresh?.(),
  };
}

/** @param {{ value: string, palette?: "diverging" | "sequential", range?: number, contour?: boolean, smooth?: boolean, label?: string }} options @returns {Layer} */
export function field({ value, palette, range, contour = false, smooth = true, label }) {
  return {
    marks(plot) {
      const data = plot.demo.source(value);
      const [rows, columns] = plot.demo.shape(value);
      return data
        ? [
            {
              shape: "raster",
              data,
              colours: ["--negative", "--paper", palette === "sequential" ? "--accent" : "--positive", "--ink"],
              count: 1,
              rows,
              columns,
              across: 1,
              range,
              flags: Number(smooth) + 2 * Number(contour),
            },
          ]
        : [];
    },
    probe(plot, x, y) {
      const [rows, columns] = plot.demo.shape(value);
      const [u, v] = [plot.x.share(x), plot.y.share(y)];
      if (!rows || u < 0 || u > 1 || v < 0 || v > 1) return;
      const index = Math.round(v * (rows - 1)) * columns + Math.round(u * (columns - 1));
      return plot.demo
        .probe(value, index)
        .then((found) => `${label ?? value} ${numeral(found)} at (${numeral(x)}, ${numeral(y)})`);
    },
    async table(plot) {
      const [rows, columns] = plot.demo.shape(value);
      const values = await plot.demo.read(value);
      // A coarse grid says what the colours say: nine by nine samples.
      const grid = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((k) => k / 8);
      return {
        head: ["y", ...grid.map((u) => `x = ${numeral(plot.x.value(u))}`)],
        rows: grid.map((v) => [
          numeral(plot.y.value(1 - v)),
          ...grid.map((u) =>
            numeral(values[Math.round((1 - v) * (rows - 1)) * columns + Math.round(u * (columns - 1))]),
          ),
        ]),
      };
    },
  };
}

/** @param {{ value: string, labels: string[], colour?: string, label?: string }} options @returns {Layer} */
export function bars({ value, labels, colour, label }) {
  return {
    label,
    colour,
    categories: labels,
    extent: () => ({ x: undefined }),
    marks(plot) {
      plot.x.fit(-0.6, labels.length - 0.4, true);
      const data = plot.demo.source(value);
      return data
        ? [
            {
              shape: "bar",
              data,
              colours: colour ? [colour] : SIGNS,
              count: labels.length,
              flags: colour ? 0 : 8,
              window: plot.window,
              x: [0, 1],
              width: 0.72,
              base: Math.max(0, plot.y.low),
            },
          ]
        : [];
    },
    probe(plot, x) {
      const i = Math.round(x);
      return i >= 0 && i < labels.length
        ? plot.demo.probe(value, i).then((found) => `${labels[i]}: ${numeral(found)}`)
        : undefined;
    },
    async table(plot) {
      const values = await plot.demo.read(value);
      return { head: ["", label ?? value], rows: labels.map((each, i) => [each, numeral(values[i])]) };
    },
  };
}
