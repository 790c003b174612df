/**
 * Where in its run the reader is: at its end, or at a step that it had before.
 *
 * In: a run with what was kept of it (timeline.js). Out: the run put there, or going on from there. What is seen of
 * that, the views know.
 */

import { restore } from "./setup.js";

/** @typedef {import("../demo/demo.js").Demo} Demo */
/** @typedef {import("./timeline.js").Kept} Kept */

export class Visits {
  /** Whether the run is not at its end. */
  away = false;
  /** The run's last step, while it is not there. */
  end = 0;
  /** What the reader wants to see. @type {number | undefined} */
  #wanted;
  /** Whether the reader is on the way: the run takes no steps meanwhile. */
  going = false;

  /** @param {Demo} demo @param {import("./looks.js").Looks} looks @param {import("./place.js").Place} place */
  constructor(demo, looks, place) {
    this.demo = demo;
    this.looks = looks;
    this.place = place;
  }

  /** There is a new run. */
  begin() {
    this.away = false;
    this.#wanted = undefined;
  }

  /** @param {number} step @returns {Promise<void>} when the run is at the kept step that is nearest */
  async to(step) {
    this.#wanted = step;
    if (this.going) return;
    this.going = true;
    try {
      await this.demo.wake();
      if (!this.away) {
        await this.looks.checkpoints.keepNow();
        this.end = this.looks.clock.step;
      }
      // No `await` from here on: whoever wanted another step meanwhile gets that one.
      const found = this.#wanted === undefined ? undefined : this.looks.checkpoints.timeline.nearest(this.#wanted);
      if (found && this.place.backend) this.#put(found);
    } finally {
      this.going = false;
      this.demo.redraw(); // steps may have been asked for meanwhile
    }
  }

  /** @param {Kept} kept */
  #put({ step, steps, setup, state }) {
    const { demo, looks, place } = this;
    const { histories, clock } = looks;
    restore(demo, setup);
    place.resume(state);
    clock.put(steps);
    looks.put();
    this.away = step < this.end;
    if (this.away) histories.visit((history) => looks.recorded(history, steps));
    else histories.leave();
    demo.redraw(true);
  }

  /** The run goes on from where the reader is, with what the reader made there: what came after that is a ghost. */
  fork() {
    const { checkpoints, clock, histories } = this.looks;
    const { experiment } = this.demo;
    clock.ended = false; // until it is read again
    if (this.away) {
      this.away = false;
      experiment.changes.cut(clock.step, experiment.settings);
      checkpoints.timeline.cut(clock.step);
      histories.fork();
    }
    checkpoints.settle();
  }
}
