// The few things that all modules share.

/** Run `setup` on every element that matches, now and after every htmx swap; once per element. */
export function each(selector, setup) {
  const seen = new WeakSet();
  const scan = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) if (!seen.has(element)) { seen.add(element); setup(element); }
  };
  const start = () => scan(document);
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
  document.addEventListener("htmx:load", (event) => scan(event.detail.elt));
}

/** Delegate an event: `act(element, event)` for the nearest ancestor of the target that matches. */
export function on(type, selector, act) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector);
    if (element) act(element, event);
  });
}

/** localStorage that may be full, forbidden or absent. */
export const memory = {
  get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* the page works without it */ } },
  remove(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
};

/** An icon of the sprite, for elements that scripts make. */
export function icon(name, size = "") {
  const sprite = document.querySelector("use[href*='icons']")?.getAttribute("href").split("#")[0] ?? "/static/xinglin/icons.svg";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `xl-i${size ? ` xl-i-${size}` : ""}`);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

/** Make an element: el("p", {className: "xl-help"}, "text", child). */
export function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
