/**
 * One sentence for the reader, over the lower edge of the first view: nothing moves when it comes, and it is where the
 * reader looks.
 *
 * In: a sentence. Out: an element, hidden while there is nothing to say. Seconds that a sentence names count down.
 */
import { h } from "../common/dom.js";

const SECOND_MS = 1000;
/** "it may be tried again in 30 s" */
const WAIT = /^(.*?) in (\d+) s(\b.*)$/;

export class Message {
  #text = h("span", null);
  element = h(
    "p",
    { className: "demo-error", role: "alert", hidden: true },
    this.#text,
    h("button", { type: "button", className: "demo-close", "aria-label": "Close", onclick: () => this.say("") }),
  );
  #counting = 0;

  /** @param {string} sentence @param {boolean} [bad] */
  say(sentence, bad = false) {
    clearInterval(this.#counting);
    this.element.hidden = !sentence;
    this.element.classList.toggle("bad", bad);
    const [, before, seconds, after] = WAIT.exec(sentence) ?? [];
    if (seconds) this.#count(before, Number(seconds), after);
    else this.#text.textContent = sentence;
  }

  /** @param {string} before @param {number} seconds @param {string} after */
  #count(before, seconds, after) {
    const end = performance.now() + SECOND_MS * seconds;
    const left = h("span", { role: "timer" }, ` in ${seconds} s`); // changes are seen, and not heard
    this.#text.replaceChildren(before, left, after);
    this.#counting = setInterval(() => {
      const rest = Math.ceil((end - performance.now()) / SECOND_MS);
      left.textContent = rest > 0 ? ` in ${rest} s` : " now";
      if (rest <= 0) clearInterval(this.#counting);
    }, SECOND_MS);
  }
}
