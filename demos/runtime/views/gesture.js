/**
 * When a finger edits what it touches, and when it scrolls the page: a tap, a hold and a drag to the side edit, a swipe
 * up or down scrolls, two fingers zoom. A mouse and a pen edit at once.
 *
 * In: an element whose `touch-action` is `pan-y pinch-zoom`. Out: calls. What is edited, it does not know.
 */

const HOLD_MS = 300;
const STILL = 8; // CSS pixels that a finger may tremble

/**
 * @typedef {object} Edit
 * @property {(event: PointerEvent) => boolean | void} begin at the place where it went down; false: there is nothing
 *   to edit there
 * @property {(event: PointerEvent) => void} move
 * @property {(event: PointerEvent, whole: boolean) => void} end `whole`: the reader ended it, not the browser
 */

/** @param {HTMLElement | SVGElement} target @param {Edit} edit */
export const onEdit = (target, edit) => new Gesture(target, edit);

class Gesture {
  /** Where the finger went down, until it edits, scrolls or is up again. @type {PointerEvent | undefined} */
  #down;
  /** The pointer that edits, -1 for none. */
  #editing = -1;
  #holding = 0;

  /** @param {HTMLElement | SVGElement} target @param {Edit} edit */
  constructor(target, edit) {
    this.target = target;
    this.edit = edit;
    const on = (/** @type {string} */ name, /** @type {(event: PointerEvent) => void} */ then) =>
      target.addEventListener(name, (event) => then(/** @type {PointerEvent} */ (event)));
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#lift(event));
    on("pointercancel", (event) => this.#end(event, false));
    // What edits does not scroll, whichever way it goes on; and a hold asks for no menu.
    const keep = (/** @type {Event} */ event) => this.#editing >= 0 && event.cancelable && event.preventDefault();
    target.addEventListener("touchmove", keep, { passive: false });
    target.addEventListener("contextmenu", (event) => {
      if (this.#editing >= 0 || this.#down?.pointerType === "touch") event.preventDefault();
    });
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.pointerType !== "touch") {
      if (event.button || event.ctrlKey || event.metaKey) return;
      event.preventDefault(); // selects no text
      return this.#begin(event);
    }
    if (!event.isPrimary) return this.#end(event, false); // two fingers are the browser's
    this.#down = event;
    clearTimeout(this.#holding);
    this.#holding = setTimeout(() => this.#down === event && this.#begin(event), HOLD_MS);
  }

  /** @param {PointerEvent} event where it went down */
  #begin(event) {
    this.#forget();
    if (this.edit.begin(event) === false) return;
    this.#editing = event.pointerId;
    this.target.setPointerCapture(event.pointerId);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const down = this.#down;
    if (down?.pointerId === event.pointerId) {
      const [across, along] = [event.clientX - down.clientX, event.clientY - down.clientY].map(Math.abs);
      if (Math.max(across, along) <= STILL) return;
      if (across <= along) return this.#forget(); // it scrolls
      this.#begin(down);
    }
    if (this.#editing === event.pointerId) this.edit.move(event);
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    const down = this.#down;
    if (down?.pointerId === event.pointerId) this.#begin(down); // a tap
    this.#end(event, true);
  }

  /** @param {PointerEvent} event @param {boolean} whole */
  #end(event, whole) {
    this.#forget();
    if (this.#editing < 0 || (whole && this.#editing !== event.pointerId)) return;
    this.#editing = -1;
    this.edit.end(event, whole);
  }

  #forget() {
    this.#down = undefined;
    clearTimeout(this.#holding);
  }
}
