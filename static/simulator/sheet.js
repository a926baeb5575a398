// What slides up inside the phone: the rest of the phone rests until it is closed.

const phone = document.querySelector(".phone");
const shade = document.getElementById("shade");
const list = document.getElementById("sheet");
const form = list.querySelector("form");
const rows = document.getElementById("sheet-options");
const title = document.getElementById("sheet-t");
const submit = list.querySelector("[type=submit]");
let shown = null;
let opener = null;
let choose = () => {};

function freeze(frozen) {
  for (const part of phone.children) if (part !== shown && part !== shade) part.inert = frozen;
}

export function raise(sheet, { from }) {
  [shown, opener] = [sheet, from];
  sheet.hidden = shade.hidden = false;
  freeze(true);
  sheet.querySelector("input:not([hidden]), [data-kind]").focus();
}

export function lower() {
  if (!shown) return;
  freeze(false);
  shown.hidden = shade.hidden = true;
  shown = null;
  opener?.focus();
}

function row({ id, label }, { heading }) {
  const line = document.createElement("label");
  line.className = "opt";
  const text = document.createElement("span");
  text.className = "grow";
  text.textContent = heading ? label.slice(heading.length + 2) : label;
  const radio = document.createElement("input");
  Object.assign(radio, { type: "radio", name: "option", value: id });
  line.append(text, radio);
  return line;
}

// `heading` is what all labels begin with and `name` says already; the rows show the rest.
export function offer(options, { name, heading, from, onChoose }) {
  choose = (id) => onChoose(options.find((one) => one.id === id));
  title.textContent = name;
  rows.replaceChildren(...options.map((one) => row(one, { heading })));
  submit.disabled = true;
  raise(list, { from });
}

rows.addEventListener("change", () => { submit.disabled = false; });
shade.addEventListener("click", lower);
for (const button of phone.querySelectorAll("[data-close]")) button.addEventListener("click", lower);
phone.addEventListener("keydown", (event) => { if (event.key === "Escape") lower(); });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form).get("option");
  lower();
  if (chosen !== null) choose(chosen);
});
