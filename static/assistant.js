// Asks without leaving the page: steps and sentences are shown as they arrive. Without scripts the form does the same.
const form = document.getElementById("ask");
const field = document.getElementById("question");
const flow = document.getElementById("flow");
const { dataset: words, content: icons } = document.getElementById("words");
const compact = matchMedia("(max-width: 1199px)");
if (compact.matches) document.querySelector(".older")?.removeAttribute("open");

function make(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  if (text) made.textContent = text;
  return made;
}

function note(text) {
  const said = make("div", "note warn", text);
  said.setAttribute("role", "alert");
  return said;
}

async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const parts = rest.split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const [, name, data] = part.match(/^event: (\w+)\ndata: (.*)$/s);
      yield [name, JSON.parse(data)];
    }
  }
}

function begin(question) {
  flow.querySelector(".empty")?.remove();
  const article = make("article", "a");
  const writing = make("div", "writing", words.writing);
  const stop = make("button", "btn", words.stop);
  stop.type = "button";
  writing.setAttribute("role", "status");
  writing.append(stop);
  article.append(writing);
  flow.append(make("p", "q", question), article);
  writing.scrollIntoView({ block: "end" });
  return { article, writing, stop };
}

function show({ writing }, name, data) {
  const last = writing.previousElementSibling;
  last?.classList.remove("live");
  if (name === "step") {
    const step = make("p", "src", data.label);
    step.prepend(icons.firstElementChild.cloneNode(true));
    writing.before(step);
  }
  // Escaped by the server, which alone makes links.
  if (name === "mark") writing.insertAdjacentHTML("beforebegin", data.html);
  if (name === "said") {
    const said = last?.matches(".ans") ? last : make("div", "ans");
    said.classList.add("live");
    said.insertAdjacentHTML("beforeend", data.html);
    writing.before(said);
  }
  if (name === "tables") {
    const box = make("div", "a");
    box.innerHTML = data.html;
    writing.before(box);
  }
}

async function ask(question) {
  const shown = begin(question);
  const stopping = new AbortController();
  shown.stop.addEventListener("click", () => stopping.abort());
  try {
    const response = await fetch(form.dataset.chat, {
      method: "POST",
      signal: stopping.signal,
      headers: {
        "Content-Type": "application/json",
        Accept: "text/event-stream",
        "X-CSRFToken": form.elements.csrfmiddlewaretoken.value,
      },
      body: JSON.stringify({ question, thread: form.elements.thread?.value }),
    });
    if (!response.ok) {
      const refused = await response.json();
      shown.article.append(note(refused.error.message));
      return;
    }
    for await (const [name, data] of events(response)) {
      if (name === "done") await follow(data);
      else show(shown, name, data);
    }
  } catch (error) {
    if (error.name !== "AbortError") shown.article.append(note(words.failed));
  } finally {
    shown.writing.previousElementSibling?.classList.remove("live");
    shown.writing.remove();
  }
}

// The first question makes the thread; each one changes what stands around the talk.
async function follow({ thread }) {
  if (!thread) return location.assign("/assistant/");
  if (!form.elements.thread) keep(thread);
  const got = (answer) => (answer.ok ? answer.text() : "");
  const page = await fetch(location.href).then(got).catch(() => "");
  const fresh = new DOMParser().parseFromString(page, "text/html");
  for (const part of [".older ul", ".titled", "#left"]) {
    const now = fresh.querySelector(part);
    if (now) document.querySelector(part).replaceWith(now);
  }
  document.title = fresh.title || document.title;
}

function keep(thread) {
  const kept = make("input", "");
  kept.type = "hidden";
  kept.name = "thread";
  kept.value = thread;
  form.append(kept);
  history.replaceState(null, "", `/assistant/${thread}/`);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  const question = (event.submitter?.value || field.value).trim();
  if (!question) return;
  field.value = "";
  form.setAttribute("aria-busy", "true");
  await ask(question);
  form.removeAttribute("aria-busy");
  field.focus();
});

field.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
