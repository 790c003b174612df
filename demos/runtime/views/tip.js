/**
 * What lies under the pointer, in words, beside it.
 *
 * In: the element to point at, and whom to ask. Out: an element. It asks for one thing at a time, never more than the
 * pointer does.
 */
import { h } from "../common/dom.js";

/** CSS pixels between it and the pointer, and between it and the edge of the window. */
const [ASIDE, ABOVE, EDGE] = [12, 8, 4];

/**
 * @param {import("../demo/demo.js").Demo} demo @param {Element} target
 * @param {(x: number, y: number) => Promise<string> | undefined} ask for words; x and y are shares of the target's size
 */
export function tip(demo, target, ask) {
  const element = h("div", { className: "plot-tip", hidden: true });
  const say = (text = "") => {
    element.hidden = !text;
    element.textContent = text;
  };
  let asking = false;
  target.addEventListener("pointermove", async (raw) => {
    const { clientX, clientY, buttons } = /** @type {PointerEvent} */ (raw);
    if (buttons) return say(); // whoever draws wants to see it
    if (asking || !demo.awake) return;
    const { left, top, width, height } = target.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    asking = true;
    say(await ask(x / width, y / height)?.catch(() => "")); // none when the device went while we asked
    asking = false;
    // Beside the pointer, and within the window.
    const { offsetWidth, offsetHeight } = element;
    const aside = x > width / 2 ? x - offsetWidth - ASIDE : x + ASIDE;
    const room = document.documentElement.clientWidth - left - offsetWidth - EDGE;
    const above = y - offsetHeight - ABOVE;
    const over = top + above < EDGE ? y + 2 * ASIDE : above;
    element.style.translate = `${Math.max(EDGE - left, Math.min(aside, room))}px ${over}px`;
  });
  target.addEventListener("pointerleave", () => say());
  return element;
}
