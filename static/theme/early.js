// Runs before the first paint, so that no page flashes in the wrong theme. Everything else is in page.js.
{
  const root = document.documentElement;
  root.classList.add("js");
  // Browsers keep what is seen in place when something above it is laid out, but not while the reader scrolls: only a
  // page that is opened at its top has nothing above. See later.css.
  const [opened] = performance.getEntriesByType("navigation");
  if (opened && opened.type === "navigate" && !location.hash && "requestIdleCallback" in window)
    root.classList.add("opening");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is switched off: the system's theme it is.
  }
}
