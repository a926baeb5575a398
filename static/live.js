// What is new comes in without reloading: the page asks every few seconds and takes a new #live when there is one.
// Focus is kept by the ids (htmx does), the scroll position because nothing jumps; here the rest of it: folded parts
// stay folded, what came new tints in once, an open drag is not pulled from under the hand, a hidden tab asks nothing.
const live = () => document.getElementById("live");
const isPhone = matchMedia("(max-width: 799px)");
const stale = document.getElementById("stale");
let before = { keys: new Set(), open: new Map() };

const ours = (event) => event.detail.elt?.id === "live" || event.detail.target?.id === "live";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (ours(event) && (document.hidden || document.querySelector(".is-dragging"))) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!ours(event)) return;
  // Logged out meanwhile, the answer is another page.
  const { pathname } = new URL(event.detail.xhr.responseURL, location.href);
  if (pathname !== location.pathname) {
    event.detail.shouldSwap = false;
    location.reload();
    return;
  }
  if (document.querySelector(".is-dragging")) event.detail.shouldSwap = false;
  before = {
    keys: new Set([...live().querySelectorAll("[data-key]")].map((one) => one.dataset.key)),
    open: new Map([...live().querySelectorAll("details[id]")].map((one) => [one.id, one.open])),
  };
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.elt?.id !== "live") return;
  for (const one of live().querySelectorAll("details[id]")) one.open = before.open.get(one.id) ?? (one.open && !isPhone.matches);
  const fresh = [...live().querySelectorAll("[data-key]")].filter((one) => !before.keys.has(one.dataset.key));
  for (const one of fresh) one.classList.add("fresh");
  const news = document.getElementById("news");
  // Said anew each time: the same text once more would not be read out.
  news.textContent = "";
  if (fresh.length) setTimeout(() => { news.textContent = news.dataset.text; }, 100);
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (ours(event)) stale.hidden = event.detail.successful;
});

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) htmx.trigger(live(), "refresh");
});
