// Keyboard: data-key="a" is clicked by the letter A while nobody is typing. "/" goes to the search.
const typing = (target) => target.closest("input, select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const wanted = event.key.toLowerCase();
  const button = [...document.querySelectorAll("[data-key]")].find((b) => b.dataset.key === wanted && b.offsetParent !== null);
  if (!button || button.getAttribute("aria-disabled") === "true") return;
  event.preventDefault();
  button.matches("input, textarea, select") ? button.focus() : button.click();
});
