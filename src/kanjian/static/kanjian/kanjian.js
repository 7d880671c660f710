// What every page does: menus that close, the theme switch, charts where there are any. Everything works without it too.

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.kj-menu[open], details.kj-help[open]")) {
    if (menu !== except && !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.activeElement?.closest("details.kj-menu[open], details.kj-help[open]");
  closeMenus(null);
  open?.querySelector("summary")?.focus();
});

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    window.kanjianTheme(document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark");
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", () => window.print());
}

// On the phone the bar scrolls: where the reader is must be in sight.
const bar = document.querySelector(".kj-nav");
const here = bar?.querySelector("[aria-current]");
if (here && bar.scrollWidth > bar.clientWidth) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;

async function drawCharts(root) {
  if (!root.querySelector("[data-chart]")) return;
  const { draw } = await import("./charts/index.js");
  draw(root);
}

drawCharts(document);
document.addEventListener("htmx:afterSettle", (event) => drawCharts(event.target));
