// A voice note: recorded by the browser, sent like a file.

// WhatsApp's own format first; the others are what Chromium and Safari record.
const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const LONGEST_MS = 5 * 60 * 1000;

const writing = document.getElementById("writing");
const panel = document.getElementById("recording");
const shown = document.getElementById("recorded");
const opener = document.getElementById("record");
const finish = document.getElementById("finish");
const discard = document.getElementById("discard");
let recorder = null;
let started = 0;
let ticking = 0;

function length() {
  const seconds = Math.round((performance.now() - started) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function show(recording) {
  panel.hidden = !recording;
  writing.hidden = recording;
  clearInterval(ticking);
  if (!recording) return;
  shown.textContent = "0:00";
  ticking = setInterval(() => {
    shown.textContent = length();
    if (performance.now() - started > LONGEST_MS) stop(true);
  }, 250);
  finish.focus();
}

function stop(send) {
  if (recorder?.state !== "recording") return;
  recorder.wanted = send;
  recorder.stop();
}

// Calls `onRecorded(file, name)`, or `onTrouble()` where no microphone is to be had.
export function listen({ onRecorded, onTrouble }) {
  async function record() {
    if (recorder) return;
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      recorder = new MediaRecorder(stream, { mimeType: TYPES.find((one) => MediaRecorder.isTypeSupported(one)) });
    } catch {
      recorder = null;
      onTrouble();
      return;
    }
    const parts = [];
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      const { wanted, mimeType, stream } = recorder;
      const name = `Áudio, ${length()}`;
      for (const track of stream.getTracks()) track.stop();
      recorder = null;
      show(false);
      if (wanted) onRecorded(new File(parts, "voz", { type: mimeType.split(";")[0] }), name);
      else opener.focus();
    });
    started = performance.now();
    recorder.start();
    show(true);
  }
  opener.addEventListener("click", record);
  finish.addEventListener("click", () => stop(true));
  discard.addEventListener("click", () => stop(false));
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") stop(false); });
  return record;
}
