// Runs before the first paint: colour scheme and width of the navigation as this browser remembers them.
(() => {
  const root = document.documentElement;
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => { root.dataset.bsTheme = stored("xl-theme") || (dark.matches ? "dark" : "light"); };
  paint();
  dark.addEventListener("change", paint);
  if (stored("xl-nav") === "slim") root.classList.add("xl-slim");
  root.classList.add("xl-js");
})();
