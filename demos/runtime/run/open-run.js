/**
 * Which run a demo has, and on which backend: the one place that chooses. What it chooses is loaded when it is wanted.
 *
 * In: a demo that is live or not. Out: its run, which has built nothing yet.
 */

/** @typedef {import("./live-run.js").LiveRun | import("./recorded-run.js").RecordedRun} Run */

/** @param {import("../demo/demo.js").Demo} demo @returns {Promise<Run>} */
export async function openRun(demo) {
  if (!demo.live) {
    const { RecordedRun } = await import("./recorded-run.js");
    return new RecordedRun(demo);
  }
  const [{ LiveRun }, { openBackend }] = await Promise.all([import("./live-run.js"), import("./gpu-backend.js")]);
  return new LiveRun(demo, openBackend);
}
