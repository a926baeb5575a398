// The simulated phone: sends what is typed or tapped, and asks about once a second what came of it.

import * as attach from "./attach.js";
import { patch } from "./patch.js";
import * as quote from "./quote.js";
import * as sheet from "./sheet.js";
import * as voice from "./voice.js";
import * as wire from "./wire.js";

const RESTING_MS = 1000;
const TYPING_MS = 400;
// WhatsApp's limit for a file.
const LARGEST = 16 * 1024 * 1024;

const sim = document.getElementById("simulator");
const wall = document.getElementById("wall");
const messages = document.getElementById("messages");
const trace = document.getElementById("trace");
const status = document.getElementById("status");
const offline = document.getElementById("offline");
const trouble = document.getElementById("trouble");
const composer = document.getElementById("composer");
const field = document.getElementById("mensagem");
const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
const { professional, address, name } = sim.dataset;

// The professional's hour, as in every other bubble.
const clock = new Intl.DateTimeFormat("pt-BR", { hour: "2-digit", minute: "2-digit", timeZone: sim.dataset.zone });

let etag = "";
let typing = false;
let timer = 0;
let asking = false;
// Which turn the trace shows; empty: the newest.
let turn = "";
let queue = Promise.resolve();
// Bubbles on their way: they stay below what the server knows until it knows them too.
const underway = [];

// Who reads the newest message stays with it, whatever grows above or below.
let following = true;

function toBottom() {
  following = true;
  wall.scrollTop = wall.scrollHeight;
}

const resized = new ResizeObserver(() => { if (following) toBottom(); });
resized.observe(wall);
resized.observe(messages);
wall.addEventListener("scroll", () => {
  following = wall.scrollHeight - wall.scrollTop - wall.clientHeight < 80;
});

function draw(state) {
  patch(messages, state.messages);
  for (const bubble of [...underway]) {
    if (bubble.dataset.sid && document.getElementById(`m-${bubble.dataset.sid}`)) underway.splice(underway.indexOf(bubble), 1);
  }
  for (const bubble of underway) messages.append(bubble);
  if (underway.length) document.getElementById("empty")?.remove();
  patch(trace, state.trace);
  status.textContent = state.status;
  typing = state.typing;
  if (state.unread) wire.read(sim.dataset.read, { professional, from: address }, token).catch(() => {});
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

function bubbleFor(words, quoted) {
  const bubble = document.getElementById("sent").content.firstElementChild.cloneNode(true);
  bubble.querySelector(".say").textContent = words;
  bubble.querySelector(".clock").textContent = clock.format(new Date());
  if (quoted) {
    quote.fill(bubble.querySelector(".quo"), quoted);
    bubble.querySelector(".quo").hidden = false;
  }
  return bubble;
}

function markFailed(bubble, error, again) {
  const refused = error instanceof wire.Refused;
  const told = bubble.querySelector(".perr");
  const button = told.querySelector("button");
  if (refused) told.querySelector("span").textContent = error.message;
  button.textContent = refused ? "Descartar" : "Tentar de novo";
  bubble.querySelector(".tick").toggleAttribute("hidden", true);
  told.hidden = false;
  button.onclick = () => {
    field.focus();
    if (refused) {
      underway.splice(underway.indexOf(bubble), 1);
      bubble.remove();
      return;
    }
    told.hidden = true;
    bubble.querySelector(".tick").toggleAttribute("hidden", false);
    queue = queue.then(again);
  };
  toBottom();
}

// `words` are shown until the server knows the message, `more` are further fields of its form.
function say(body, { words = body, quoted = null, ...more } = {}) {
  const fields = { professional, address, profile_name: name, body, quoted: quoted?.sid ?? "", ...more };
  const bubble = bubbleFor(words, quoted);
  let signed = null;
  // A second try posts the same form: the same message, which the webhook stores once.
  const attempt = async () => {
    try {
      signed ??= await wire.sign(sim.dataset.sign, fields, token);
      bubble.dataset.sid = signed.form.MessageSid;
      await wire.post(sim.dataset.webhook, signed);
    } catch (error) {
      markFailed(bubble, error, attempt);
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
  say(body, { quoted: quote.take() });
}

function complain(text) {
  trouble.querySelector("span").textContent = text;
  trouble.hidden = false;
}

function sendFile(kind, file, words) {
  if (file && file.size > LARGEST) {
    complain("O arquivo tem mais de 16 MB, o limite do WhatsApp.");
    return;
  }
  trouble.hidden = true;
  // What stands in the field is the picture's caption.
  const body = kind === "image" ? field.value.trim() : "";
  if (body) field.value = "";
  say(body, { words: body || words, quoted: quote.take(), kind, ...(file && { file }) });
  field.focus();
}

attach.listen(sendFile);
const record = voice.listen({
  onRecorded: (file, words) => sendFile("audio", file, words),
  onTrouble: () => complain("O navegador não liberou o microfone. Em + você anexa um áudio pronto."),
});
trouble.querySelector("button").addEventListener("click", () => {
  trouble.hidden = true;
  field.focus();
});

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
  if ("quote" in button.dataset) {
    quote.choose(box);
  } else if ("option" in button.dataset) {
    say(button.textContent, { payload: button.dataset.option, quoted: quote.of(box) });
    field.focus();
  } else {
    const options = [...box.querySelectorAll("data")].map((one) => ({ id: one.value, label: one.textContent }));
    sheet.offer(options, {
      name: button.dataset.title,
      heading: button.dataset.list,
      from: field,
      onChoose: (option) => say(option.label, { payload: option.id, quoted: quote.of(box) }),
    });
  }
});

function show(view) {
  sim.dataset.view = view;
  window.scrollTo(0, 0);
  if (view === "phone") field.focus();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-say], [data-show], [data-record]");
  if (!button) return;
  show(button.dataset.show ?? "phone");
  if ("say" in button.dataset) say(button.dataset.say);
  if ("record" in button.dataset) record();
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
