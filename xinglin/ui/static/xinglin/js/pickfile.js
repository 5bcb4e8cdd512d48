// The file field of a wizard: says which file was chosen, and lets one be dropped on it.
import { each } from "./dom.js";

const KIB = 1024;

function size(bytes) {
  return bytes < KIB * KIB ? `${Math.ceil(bytes / KIB)} KB` : `${(bytes / KIB / KIB).toFixed(1)} MB`;
}

each("[data-pickfile]", (place) => {
  const input = place.querySelector("input[type=file]");
  const name = place.querySelector("[data-pickfile-name]");
  const empty = name.textContent;
  const tell = () => {
    const file = input.files[0];
    name.textContent = file ? `${file.name}（${size(file.size)}），点这里可以换一个` : empty;
    place.classList.remove("xl-drop-bad");
  };
  input.addEventListener("change", tell);
  for (const kind of ["dragenter", "dragover"]) place.addEventListener(kind, () => place.classList.add("xl-upload-over"));
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => place.classList.remove("xl-upload-over"));
  if (input.files.length) tell();
});
