/**
 * What a live run needs of whoever computes it. Types only: nothing of this is shipped.
 *
 * A backend holds one plan's buffers and programs, and does what it is told, in that order. `gpu-backend.js` and
 * `processor-backend.js` export one each by an `openBackend`; `open-backend.js` chooses. It is no run: it keeps no log,
 * counts no steps, knows neither reset nor seed, and when it is lost it only says so; `live-run.js` does all that, the
 * same for each. It is no demo: it knows no settings, no panel and no link. It decides nothing: not how many steps a
 * frame holds, nor what is read.
 */

/** @typedef {import("../types.d.ts").BuiltModel} BuiltModel */
/** @typedef {import("../types.d.ts").Numbers} Numbers */

/** @typedef {"gpu" | "processor"} Kind */

/**
 * @typedef {object} Backend
 * @property {Kind} kind
 * @property {string} adapter what it computes on, in words for the reader
 * @property {(name: string) => boolean} has whether the plan has a buffer of this name
 * @property {(program: string) => boolean} prepared whether it can be run, and be part of a frame, at once
 * @property {(program: string) => Promise<void>} prepare when it can; throws DemoError where it does not compile
 * @property {(name: string, values: ArrayLike<number>) => void} write seen by whatever is run after it
 * @property {(program: string, times: number) => Promise<void>} run when all is handed over; a read after it sees it
 * @property {(name: string, first?: number, count?: number) => Promise<Numbers>} read rejects when the backend is gone
 * @property {(name: string) => import("../types.d.ts").MarkData} markData what `draw` of a frame may draw from
 * @property {(frame: BackendFrame) => Promise<void>} frame when it is computed and drawn; throws what `draw` throws
 * @property {() => void} destroy frees all that it holds; nothing is heard of it afterwards
 */

/** One picture: so many runs of programs, then each of `show`, then what `draw` paints. @typedef {object} BackendFrame
 * @property {[program: string, times: number][]} runs
 * @property {string[]} show
 * @property {(paint: import("../views/surface.js").Paint) => void} draw
 */

/**
 * What a backend says unasked: that it is gone, with a sentence, or that it refused something.
 * @typedef {{ lost: (sentence: string) => void, failed: (error: Error) => void }} BackendListener
 */

/**
 * The programs named are prepared when it resolves, as far as the plan has them; data and initial values are written.
 * Throws DemoError where this machine cannot compute so, or computes wrongly.
 * @typedef {(model: BuiltModel, programs: string[], listener: BackendListener) => Promise<Backend>} OpenBackend
 */

export {};
