// The three steps of an upload past our own web process: ask for a place, put the file there, say that it is there.

/** An expected failure; its message is the sentence the person reads. */
export class UploadError extends Error {}

export const tooBig = (name, most) => `${name} is larger than the ${Math.floor(most / 1048576)} MB we read. Ask the bank for a shorter period.`;

const LOST = "The connection was lost before the file had arrived. Nothing was kept; please try again.";

/** {url, fields, ticket}, or null when the form must be sent in the ordinary way. */
export async function askForPlace(url, file, token) {
  const body = JSON.stringify({ name: file.name, size: file.size, type: file.type });
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token, Accept: "application/json" };
  const response = await fetch(url, { method: "POST", headers, body }).catch(() => null);
  if (!response) throw new UploadError(LOST);
  if (response.status === 503) return null;
  return answer(response, "The server did not accept this file.");
}

export function putFile({ url, fields }, file, onProgress) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new UploadError("The file store refused the file. Nothing was kept; please try again."))));
    request.addEventListener("error", () => reject(new UploadError(LOST)));
    request.send(form);
  });
}

/** Sends the rest of the form (without the files) with the tickets of their places; {location} is where to go on. */
export async function complete(url, form, tickets, token) {
  const body = new FormData(form);
  body.delete(form.querySelector("input[type=file]").name);
  for (const ticket of tickets) body.append("ticket", ticket);
  const response = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" }, body }).catch(() => null);
  if (!response) throw new UploadError(LOST);
  return answer(response, "The file arrived, but the server could not take it in. Please try again.");
}

async function answer(response, sentence) {
  const data = await response.json().catch(() => ({}));
  if (!response.ok) throw new UploadError(data.error ?? sentence);
  return data;
}
