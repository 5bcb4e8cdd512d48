// Navigation and menus: collapsed side bar, drawer on small screens, remembered groups, dark mode.
import { each, memory, on } from "./dom.js";

const root = document.documentElement;
const side = () => document.getElementById("xl-side");
const say = (selector, open) => document.querySelectorAll(selector).forEach((b) => b.setAttribute("aria-expanded", String(open)));

on("click", "[data-nav-toggle]", () => {
  const slim = root.classList.toggle("xl-slim");
  memory.set("xl-nav", slim ? "slim" : "full");
  say("[data-nav-toggle]", !slim);
});

// In the narrow navigation a group has no room to open: it widens the navigation first.
on("click", ".xl-nav summary", (summary, event) => {
  if (!root.classList.contains("xl-slim") || !matchMedia("(min-width: 992px)").matches) return;
  event.preventDefault();
  root.classList.remove("xl-slim");
  memory.set("xl-nav", "full");
  say("[data-nav-toggle]", true);
  summary.parentElement.open = true;
});

function drawer(open) {
  root.classList.toggle("xl-nav-open", open);
  say("[data-nav-open]", open);
  if (open) side()?.querySelector("a, summary, button")?.focus();
  else document.querySelector("[data-nav-open]")?.focus();
}
on("click", "[data-nav-open]", () => drawer(true));
on("click", "[data-nav-close]", () => drawer(false));
each("[data-nav-toggle]", (b) => b.setAttribute("aria-expanded", String(!root.classList.contains("xl-slim"))));

// Groups: the one with the current page is open, the others are as their reader left them. Only what was clicked is
// remembered, so that a page that opens its own group does not keep it open for ever.
each("details[data-remember]", (group) => {
  const key = `xl-${group.dataset.remember}`;
  const left = memory.get(key);
  if (left === "open") group.open = true;
  if (left === "shut" && !group.querySelector("[aria-current]")) group.open = false;
  group.querySelector("summary").addEventListener("click", (event) => {
    if (!event.defaultPrevented) memory.set(key, group.open ? "shut" : "open");
  });
});
// A menu that is longer than the window shows where one stands.
each(".xl-nav a[aria-current]", (link) => {
  const nav = link.closest(".xl-nav");
  const below = link.getBoundingClientRect().bottom - nav.getBoundingClientRect().bottom;
  if (below > 0) nav.scrollTop += below + 12;
});

// On the page of a row: leafing on moves the mark of the list along.
on("click", "[data-list-place]", (link) => sessionStorage.setItem(`xl-seen ${link.dataset.listPlace}`, link.dataset.listKey));

const shutMenus = (except) => document.querySelectorAll("details[data-menu][open]").forEach((m) => { if (m !== except) m.open = false; });
document.addEventListener("click", (event) => shutMenus(event.target.closest("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  else if (root.classList.contains("xl-nav-open")) drawer(false);
});
on("focusout", "details[data-menu]", (menu, event) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

const showTheme = () => document.querySelectorAll("[data-theme-toggle]").forEach((b) => b.setAttribute("aria-pressed", String(root.dataset.bsTheme === "dark")));
on("click", "[data-theme-toggle]", () => {
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  memory.set("xl-theme", root.dataset.bsTheme);
  showTheme();
});
each("[data-theme-toggle]", showTheme);
