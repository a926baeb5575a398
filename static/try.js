// The trial's phone: Enter sends, the newest message stays in sight, and only what changed is touched.

import { patch } from "./simulator/patch.js";

const wall = document.getElementById("wall");
const messages = document.getElementById("messages");
const form = document.getElementById("say");
const field = document.getElementById("body");
const error = document.getElementById("say-error");
const offline = document.getElementById("offline");

if (form) {
  // Who reads the newest message stays with it, whatever grows above or below.
  let following = true;
  const toBottom = () => { wall.scrollTop = wall.scrollHeight; };
  const resized = new ResizeObserver(() => { if (following) toBottom(); });
  resized.observe(wall);
  resized.observe(messages);
  wall.addEventListener("scroll", () => {
    following = wall.scrollHeight - wall.scrollTop - wall.clientHeight < 80;
  });
  toBottom();

  document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (!["messages", "trace"].includes(target.id)) return;
    event.detail.shouldSwap = false;
    patch(target, fragment.innerHTML);
    htmx.process(target);
  });

  form.addEventListener("htmx:configRequest", () => { following = true; });
  messages.addEventListener("click", (event) => {
    // After the click has sent what was chosen.
    const list = event.target.closest("[name=option]")?.closest("details");
    if (list) setTimeout(() => { list.open = false; });
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    const refused = error.textContent.trim() !== "";
    field.toggleAttribute("aria-invalid", refused);
    if (refused) field.setAttribute("aria-invalid", "true");
    // What stands in the field was not sent by a tap or a starter.
    else if (event.detail.requestConfig.formData.get("body") === field.value && !tapped(event)) field.value = "";
    if (matchMedia("(pointer: fine)").matches) field.focus();
    toBottom();
  });

  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (field.value.trim()) form.requestSubmit();
  });
}

function tapped(event) {
  const sent = event.detail.requestConfig.formData;
  return sent.has("option") || sent.has("starter");
}

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.body.addEventListener(name, () => { if (offline) offline.hidden = false; });
}
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && offline) offline.hidden = true;
});
