// The list of options that slides up inside the phone; one is chosen and sent.

const sheet = document.getElementById("sheet");
const form = sheet.querySelector("form");
const shade = document.getElementById("shade");
const rows = document.getElementById("sheet-options");
const submit = sheet.querySelector("[type=submit]");
let choose = () => {};
let opener = null;

function row({ id, label }) {
  const line = document.createElement("label");
  line.className = "opt";
  const text = document.createElement("span");
  text.className = "grow";
  text.textContent = label;
  const radio = document.createElement("input");
  Object.assign(radio, { type: "radio", name: "option", value: id });
  line.append(text, radio);
  return line;
}

function freeze(frozen) {
  for (const part of sheet.parentElement.children) {
    if (part !== sheet && part !== shade) part.inert = frozen;
  }
}

export function open(options, { from, onChoose }) {
  opener = from;
  choose = (id) => onChoose(options.find((one) => one.id === id));
  rows.replaceChildren(...options.map(row));
  submit.disabled = true;
  sheet.hidden = shade.hidden = false;
  freeze(true);
  rows.querySelector("input").focus();
}

function close() {
  if (sheet.hidden) return;
  sheet.hidden = shade.hidden = true;
  freeze(false);
  opener?.focus();
}

rows.addEventListener("change", () => { submit.disabled = false; });
shade.addEventListener("click", close);
sheet.querySelector("[data-close]").addEventListener("click", close);
sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form).get("option");
  close();
  if (chosen !== null) choose(chosen);
});
