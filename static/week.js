// On a desk: a click into free time books at the step under the pointer, and an appointment can be dragged to another
// time. Both only shorten the way to the forms, which keyboards and phones use.
const isDesk = matchMedia("(min-width: 800px) and (pointer: fine)");
let drag = null;
let wasDragged = false;

const grid = () => document.getElementById("week");
const pad = (number) => String(number).padStart(2, "0");
const clock = (minutes) => `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

// How many pixels five minutes have.
const unit = () => {
  const lines = grid().querySelector(".lines");
  const rows = Number(/for-(\d+)/.exec(lines.className)[1]);
  return lines.getBoundingClientRect().height / rows;
};
const snap = (minutes, how) => {
  const step = Number(grid().dataset.step);
  return how(minutes / step) * step;
};

// Free time

const aim = (gap, y) => {
  const since = minutesOf(gap.dataset.start.slice(11));
  const box = gap.getBoundingClientRect();
  const until = since + Math.round(box.height / unit()) * 5;
  const wanted = snap(since + ((y - box.top) / unit()) * 5, Math.floor);
  return { since, wanted: Math.min(Math.max(wanted, since), Math.max(since, until - 5)) };
};

document.addEventListener("pointermove", (event) => {
  const gap = event.target.closest?.(".gap");
  if (!gap || drag) return;
  const { since, wanted } = aim(gap, event.clientY);
  const hint = gap.firstElementChild;
  hint.textContent = clock(wanted);
  hint.style.transform = `translateY(${((wanted - since) / 5) * unit()}px)`;
});

document.addEventListener("click", (event) => {
  if (wasDragged) {
    wasDragged = false;
    event.preventDefault();
    return;
  }
  const gap = event.target.closest?.(".gap");
  // A click by key has no place.
  if (gap && event.detail) gap.href = `/agenda/new/?start=${gap.dataset.start.slice(0, 11)}${clock(aim(gap, event.clientY).wanted)}`;
}, true);

// Moving

document.addEventListener("pointerdown", (event) => {
  const block = event.target.closest?.("[data-move]");
  wasDragged = false;
  if (!block || !isDesk.matches || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const rows = block.parentElement.getBoundingClientRect();
  drag = {
    block, x: event.clientX, y: event.clientY, pointer: event.pointerId, isOpen: false,
    shown: block.querySelector(".hm").textContent,
    since: Number(grid().dataset.opens) + Math.round((block.getBoundingClientRect().top - rows.top) / unit()) * 5,
    scroll: scrollY,
  };
});

document.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  const down = event.clientY - drag.y + scrollY - drag.scroll;
  if (!drag.isOpen) {
    if (Math.hypot(event.clientX - drag.x, down) < 6) return;
    open();
  }
  event.preventDefault();
  const columns = [...grid().querySelectorAll(".col[data-day]")];
  const column = columns.find((one) => event.clientX < one.getBoundingClientRect().right) ?? columns.at(-1);
  const opens = Number(grid().dataset.opens);
  const rows = drag.block.parentElement.getBoundingClientRect();
  const last = opens + Math.round(rows.height / unit()) * 5 - 5;
  const wanted = Math.min(Math.max(snap(drag.since + (down / unit()) * 5, Math.round), opens), last, 1435);
  drag.day = column.dataset.day;
  drag.time = clock(wanted);
  drag.block.querySelector(".hm").textContent = drag.time;
  const right = column.getBoundingClientRect().left - drag.home.getBoundingClientRect().left;
  drag.block.style.transform = `translate(${right}px, ${((wanted - drag.since) / 5) * unit()}px)`;
});

document.addEventListener("pointerup", (event) => {
  // The click that ends a drag comes at once or not at all.
  setTimeout(() => { wasDragged = false; });
  if (!drag || event.pointerId !== drag.pointer) return;
  const { block, day, time, home, isOpen, since } = drag;
  if (!isOpen) { drag = null; return; }
  const isSame = day === home.dataset.day && time === clock(since);
  close(isSame);
  wasDragged = true;
  if (!isSame) send(block, day, time);
});

document.addEventListener("pointercancel", () => drag && close(true));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag) return;
  const { isOpen } = drag;
  close(true);
  wasDragged = isOpen;
});
// Otherwise the browser drags the link.
document.addEventListener("dragstart", (event) => event.target.closest?.("[data-move]") && event.preventDefault());

function open() {
  drag.isOpen = true;
  drag.home = drag.block.closest(".col");
  drag.block.classList.add("is-dragged");
  grid().classList.add("is-dragging");
  drag.block.setPointerCapture(drag.pointer);
}

function close(isBack) {
  const { block, shown } = drag;
  drag = null;
  grid().classList.remove("is-dragging");
  if (!isBack) return;
  block.classList.remove("is-dragged");
  // Not left empty: htmx copies attributes to what takes its place, and the policy forbids a style that is written.
  block.removeAttribute("style");
  block.querySelector(".hm").textContent = shown;
}

function send(block, date, time) {
  const form = document.getElementById("mover");
  const fields = { date, time, version: block.dataset.version, next: location.pathname + location.search };
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  form.action = block.dataset.move;
  form.submit();
}

// A day that begins at midnight opens where the clock stands.
const now = grid()?.querySelector(".gut .now");
if (now && isDesk.matches && now.getBoundingClientRect().top > innerHeight) now.scrollIntoView({ block: "center" });
