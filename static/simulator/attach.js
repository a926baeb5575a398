// The menu behind +: a file of this machine, or a sample that comes along.

import { lower, raise } from "./sheet.js";

const menu = document.getElementById("attachments");
const opener = document.getElementById("attach");
const picker = document.getElementById("file");
let kind = "";

// Calls `onAttach(kind, file, name)`; a sample has no file.
export function listen(onAttach) {
  opener.addEventListener("click", () => raise(menu, { from: opener }));
  menu.addEventListener("click", (event) => {
    const button = event.target.closest("[data-kind]");
    if (!button) return;
    kind = button.dataset.kind;
    if (button.dataset.types) {
      picker.accept = button.dataset.types;
      picker.value = "";
      picker.click();
      return;
    }
    lower();
    onAttach(kind, null, button.textContent.trim());
  });
  picker.addEventListener("change", () => {
    const [file] = picker.files;
    lower();
    if (file) onAttach(kind, file, file.name);
  });
}
