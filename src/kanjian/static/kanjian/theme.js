// Light or dark before the first paint, so nothing flashes: the reader's choice, else the system's. Classic script on purpose.
(function () {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try { return window.localStorage.getItem("kanjian-theme"); } catch (refused) { return null; }
  }

  function apply() {
    var theme = chosen() || (system.matches ? "dark" : "light");
    if (root.dataset.bsTheme === theme) return;
    root.dataset.bsTheme = theme;
    root.dispatchEvent(new CustomEvent("kanjian:theme", { detail: theme }));
  }

  window.kanjianTheme = function (theme) {
    try { window.localStorage.setItem("kanjian-theme", theme); } catch (refused) { /* private window: for this page only */ }
    root.dataset.bsTheme = theme;
    root.dispatchEvent(new CustomEvent("kanjian:theme", { detail: theme }));
  };
  system.addEventListener("change", apply);
  root.classList.add("kj-scripted");
  apply();
})();
