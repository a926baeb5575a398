// The way of a message: our server signs the form, this browser posts it to the real webhook as Twilio would.

const PATIENCE_MS = 10000;
const UPLOAD_PATIENCE_MS = 60000;

// A "no" of the server, in words for the person: trying again would not help.
export class Refused extends Error {}

async function answered(response) {
  if (response.status === 400) throw new Refused((await response.json()).error.message);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}

// A file needs the other encoding, which rewrites line breaks: words alone are sent as they are.
function encoded({ file, ...fields }) {
  if (!file) return new URLSearchParams(fields);
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, file })) form.append(name, value);
  return form;
}

export async function sign(url, fields, token) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    body: encoded(fields),
    signal: AbortSignal.timeout(fields.file ? UPLOAD_PATIENCE_MS : PATIENCE_MS),
  });
  return (await answered(response)).json();
}

export async function post(url, { form, signature }) {
  await answered(await fetch(url, {
    method: "POST",
    credentials: "omit",
    headers: { "X-Twilio-Signature": signature },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }));
}

// Tells the professional's side, as Twilio would, that the client has seen its messages.
export async function read(url, fields, token) {
  const { reports } = await sign(url, fields, token);
  for (const report of reports) await post(report.path, report);
}

// Returns null when nothing changed since `etag`.
export async function state(url, etag) {
  const response = await fetch(url, {
    cache: "no-store",
    headers: etag ? { "If-None-Match": etag } : {},
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (response.status === 304) return null;
  await answered(response);
  return { etag: response.headers.get("ETag"), ...(await response.json()) };
}
