// The message that the next one answers, shown above the field until it is sent or let go.

const bar = document.getElementById("quoting");
const field = document.getElementById("mensagem");
let quoted = null;

export function fill(box, { author, text }) {
  box.querySelector("b").textContent = author;
  box.querySelector(".quoted").textContent = text;
}

export function of(bubble) {
  const text = bubble.querySelector(".say")?.textContent || bubble.querySelector(".att")?.textContent.trim();
  const media = bubble.querySelector("audio, img");
  return {
    sid: bubble.dataset.sid,
    author: bubble.querySelector("[data-author]").textContent,
    text: text || media?.getAttribute("alt") || media?.getAttribute("aria-label") || "",
  };
}

export function choose(bubble) {
  quoted = of(bubble);
  fill(bar, quoted);
  bar.hidden = false;
  field.focus();
}

// Returns what was chosen, once.
export function take() {
  const chosen = quoted;
  letGo();
  return chosen;
}

function letGo() {
  quoted = null;
  bar.hidden = true;
}

bar.querySelector("button").addEventListener("click", () => { letGo(); field.focus(); });
field.addEventListener("keydown", (event) => { if (event.key === "Escape") letGo(); });
