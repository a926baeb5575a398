// Enter sends where there is a keyboard, Shift+Enter breaks the line; the trace is a sheet where there is no column for it.
const trace = () => document.getElementById("trace");
let opener = null;

function mark() {
  const shown = trace()?.querySelector("[data-shown]")?.dataset.shown;
  for (const link of document.querySelectorAll(".why")) {
    if (link.dataset.turn === shown) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

function shut() {
  if (!trace()?.classList.contains("up")) return;
  trace().classList.remove("up");
  document.getElementById(opener)?.querySelector(".why")?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") shut();
  const writes = event.target.id === "text" && event.key === "Enter" && !event.shiftKey && !event.isComposing;
  if (writes && matchMedia("(pointer: fine)").matches) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-shut]")) shut();
  const link = event.target.closest(".why");
  if (link) opener = link.closest(".ms").id;
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === trace() && event.detail.requestConfig.elt.matches(".why")) {
    trace().classList.add("up");
    trace().focus();
  }
  mark();
});

// A server that does not answer is said so; what was typed stays in the field. A login that has ended asks for itself.
function tell(isAway) {
  for (const note of document.querySelectorAll(".offline")) note.hidden = !isAway;
}
document.addEventListener("htmx:sendError", () => tell(true));
document.addEventListener("htmx:responseError", () => tell(true));
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) tell(false);
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (new URL(event.detail.xhr.responseURL).pathname.startsWith("/accounts/")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});
