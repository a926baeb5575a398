// The way of a message: our server signs the form, this browser posts it to the real webhook as Twilio would.

const PATIENCE_MS = 10000;

async function answered(response) {
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response;
}

export async function sign(url, fields, token) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "X-CSRFToken": token },
    body: new URLSearchParams(fields),
    signal: AbortSignal.timeout(PATIENCE_MS),
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
