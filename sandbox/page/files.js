// A file_input: files are chosen or dropped, go to the sandbox at once, and can be taken out again.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { refresh, redraw, toast, ui } from "./state.js";

const coming = new Map(); // id of the input -> names of files that are on their way

export function fileInput(use) {
  const { element: one, place, block } = use;
  const files = place.value(block, one) ?? [];
  const most = one.max_files ?? 10;
  const onTheirWay = coming.get(use.id) ?? [];
  const isFull = files.length + onTheirWay.length >= most;
  return h(
    "div",
    { class: "files" },
    files.map((file) => given(file, () => use.change(files.filter((other) => other.id !== file.id)))),
    onTheirWay.map((name) => h("div", { key: `coming-${name}`, class: "file", role: "status" }, `Uploading ${name}`)),
    !isFull && zone(use, one, most),
  );
}

function given(file, remove) {
  return h(
    "div",
    { key: file.id, class: "file" },
    icon("file"),
    h("span", { class: "file-name" }, file.name),
    h("small", { class: "hint" }, size(file.size)),
    h(
      "button",
      { type: "button", class: "icon-btn", "aria-label": `Remove ${file.name}`, onclick: remove },
      icon("close"),
    ),
  );
}

function zone(use, one, most) {
  const accept = (one.filetypes ?? []).map((type) => `.${type}`).join(",");
  const over = (event, on) => (event.preventDefault(), event.currentTarget.classList.toggle("is-over", on));
  return h(
    "div",
    {
      key: "zone",
      class: "drop",
      ondragover: (event) => over(event, true),
      ondragleave: (event) => over(event, false),
      ondrop: (event) => (over(event, false), take(use, one, [...event.dataTransfer.files])),
    },
    h("input", {
      key: "picker",
      id: use.id,
      type: "file",
      accept: accept || null,
      multiple: most > 1,
      "aria-describedby": use.described ?? null,
      "aria-invalid": use.invalid ? "true" : null,
      onchange: (event) => (take(use, one, [...event.target.files]), (event.target.value = "")),
    }),
    h("span", { class: "hint" }, "or drop it here"),
  );
}

async function take(use, one, picked) {
  const { place, block } = use;
  const held = () => place.value(block, one) ?? [];
  for (const file of picked) {
    const type = file.name.split(".").at(-1).toLowerCase();
    if (one.filetypes && !one.filetypes.includes(type)) {
      toast(`This file type is not supported: ${file.name}.`);
    } else if (held().length >= (one.max_files ?? 10)) {
      toast(`You can add up to ${one.max_files ?? 10}.`);
    } else {
      const answer = await upload(use.id, file);
      if (answer.ok) use.change([...held(), answer.file]);
      else toast(answer.notice ?? "The file was not uploaded.");
    }
  }
}

async function upload(id, file) {
  coming.set(id, [...(coming.get(id) ?? []), file.name]);
  redraw();
  try {
    const asked = new URLSearchParams({ user: ui.user, name: file.name });
    const answer = await fetch(`/sandbox/file?${asked}`, { method: "POST", body: file });
    return await answer.json();
  } catch {
    return { ok: false, notice: "The sandbox does not answer. Is it still running?" };
  } finally {
    coming.delete(id);
    refresh();
  }
}

function size(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
