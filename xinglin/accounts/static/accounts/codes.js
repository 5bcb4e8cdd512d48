// Recovery codes: copied or printed by a press of a button; without this script they can still be read and written down.
const codes = [...document.querySelectorAll("[data-codes] li")].map((line) => line.textContent);
const print = document.querySelector("[data-print]"), copy = document.querySelector("[data-copy]");
const said = document.querySelector("[data-copied]");

print.hidden = false;
print.addEventListener("click", () => globalThis.print());
if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(codes.join("\n"));
      said.textContent = "已复制，请粘贴到安全的地方。";
    } catch {
      said.textContent = "浏览器不允许复制，请抄下来或打印。";
    }
  });
}
