/**
 * What lies under the pointer, in words, beside it.
 *
 * In: the element to point at, and whom to ask. Out: an element. It asks for one thing at a time, never more than the
 * pointer does.
 */
import { h } from "../common/dom.js";

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
    const aside = x > width / 2 ? "-100% - 0.75rem" : "0.75rem";
    element.style.translate = `calc(${x}px + ${aside}) calc(${y}px - 100% - 0.5rem)`;
  });
  target.addEventListener("pointerleave", () => say());
  return element;
}
