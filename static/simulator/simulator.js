// The simulated phone: sends what is typed or tapped, and asks about once a second what came of it.

import { patch } from "./patch.js";
import * as sheet from "./sheet.js";
import * as wire from "./wire.js";

const RESTING_MS = 1000;
const TYPING_MS = 400;

const sim = document.getElementById("simulator");
const wall = document.getElementById("wall");
const messages = document.getElementById("messages");
const trace = document.getElementById("trace");
const status = document.getElementById("status");
const offline = document.getElementById("offline");
const composer = document.getElementById("composer");
const field = document.getElementById("mensagem");
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const { professional, address, name } = sim.dataset;

let etag = "";
let typing = false;
let timer = 0;
let asking = false;
// Which turn the trace shows; empty: the newest.
let turn = "";
let queue = Promise.resolve();
// Bubbles on their way: they stay below what the server knows until it knows them too.
const underway = [];

function toBottom() {
  wall.scrollTop = wall.scrollHeight;
}

function draw(state) {
  const atBottom = wall.scrollHeight - wall.scrollTop - wall.clientHeight < 80;
  patch(messages, state.messages);
  for (const bubble of [...underway]) {
    if (bubble.dataset.sid && document.getElementById(`m-${bubble.dataset.sid}`)) underway.splice(underway.indexOf(bubble), 1);
  }
  for (const bubble of underway) messages.append(bubble);
  if (underway.length) document.getElementById("empty")?.remove();
  patch(trace, state.trace);
  status.textContent = state.status;
  typing = state.typing;
  if (atBottom) toBottom();
}

async function refresh() {
  if (asking || document.hidden || !address) return;
  asking = true;
  clearTimeout(timer);
  try {
    const state = await wire.state(`${sim.dataset.state}&turn=${turn}`, etag);
    if (state) {
      etag = state.etag;
      draw(state);
    }
    offline.hidden = true;
  } catch {
    offline.hidden = false;
  } finally {
    asking = false;
    timer = setTimeout(refresh, typing ? TYPING_MS : RESTING_MS);
  }
}

function bubbleFor(body) {
  const bubble = document.getElementById("sent").content.firstElementChild.cloneNode(true);
  bubble.querySelector(".say").textContent = body;
  bubble.querySelector(".clock").textContent = new Date().toTimeString().slice(0, 5);
  return bubble;
}

function markFailed(bubble, again) {
  bubble.querySelector(".tick").toggleAttribute("hidden", true);
  const error = bubble.querySelector(".perr");
  error.hidden = false;
  error.querySelector("button").onclick = () => {
    error.hidden = true;
    bubble.querySelector(".tick").toggleAttribute("hidden", false);
    field.focus();
    queue = queue.then(again);
  };
  toBottom();
}

function say(body, tap = {}) {
  const fields = { professional, address, profile_name: name, body, ...tap };
  const bubble = bubbleFor(body);
  let signed = null;
  // A second try posts the same form: the same message, which the webhook stores once.
  const attempt = async () => {
    try {
      signed ??= await wire.sign(sim.dataset.sign, fields, token);
      bubble.dataset.sid = signed.form.MessageSid;
      await wire.post(sim.dataset.webhook, signed);
    } catch {
      markFailed(bubble, attempt);
      return;
    }
    typing = true;
    refresh();
  };
  turn = "";
  underway.push(bubble);
  document.getElementById("empty")?.remove();
  messages.append(bubble);
  toBottom();
  queue = queue.then(attempt);
}

function send() {
  const body = field.value.trim();
  if (!body) return;
  field.value = "";
  say(body);
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
  field.focus();
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});

messages.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const box = button?.closest(".wbox");
  if (!box) return;
  const quoted = box.dataset.sid;
  if (button.dataset.option !== undefined) {
    say(button.textContent, { payload: button.dataset.option, quoted });
    field.focus();
  } else if ("list" in button.dataset) {
    const options = [...box.querySelectorAll("data")].map((one) => ({ id: one.value, label: one.textContent }));
    sheet.open(options, {
      from: field,
      onChoose: (option) => say(option.label, { payload: option.id, quoted }),
    });
  }
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-say]");
  const toggle = event.target.closest("[data-show]");
  if (chip) say(chip.dataset.say);
  if (chip || toggle) sim.dataset.view = toggle?.dataset.show ?? "phone";
  if (chip || toggle?.dataset.show === "phone") field.focus();
  if (toggle) window.scrollTo(0, 0);
});

trace.addEventListener("click", async (event) => {
  const row = event.target.closest("[data-turn]");
  if (!row) return;
  turn = row.dataset.turn;
  await refresh();
  trace.querySelector(`[data-turn="${CSS.escape(turn)}"]`)?.focus();
});

document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });

toBottom();
refresh();
