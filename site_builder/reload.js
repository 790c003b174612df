// Live reload, only on the development server: a new build reloads the page, a failed one lays its message over it.
const sheet = new CSSStyleSheet(); // made by a script, so that the page's policy against inline styles holds here too
sheet.replaceSync(`
  #build-error { position: fixed; inset: auto 0 0 0; max-height: 60vh; overflow: auto; z-index: 1000; margin: 0;
    padding: 1rem 1.5rem; border-top: 4px solid var(--bad, #b3261e); background: var(--paper, #fdfdfb);
    color: var(--ink, #191c1f); font: 0.95rem/1.5 var(--font-mono, monospace); white-space: pre-wrap; }
  @media print { #build-error { display: none; } }
`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

let shown;
const events = new EventSource("/~events");

events.addEventListener("build", ({ data }) => {
  if (shown !== undefined && shown !== data) location.reload();
  shown = data;
  document.querySelector("#build-error")?.remove();
});

events.addEventListener("failure", ({ data }) => {
  const panel = document.querySelector("#build-error") ?? document.createElement("pre");
  panel.id = "build-error";
  panel.role = "alert";
  panel.textContent = `The site could not be built; this is the previous one.\n\n${data}`;
  document.body.append(panel);
});

addEventListener("pagehide", () => events.close());
