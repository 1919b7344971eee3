"use strict";

const EVERY = 3000;

function isBeingEdited(row) {
  const fields = [...row.querySelectorAll("input[type=text]")];
  return (
    "typed" in row.dataset ||
    row.contains(document.activeElement) ||
    fields.some((field) => field.value !== field.defaultValue)
  );
}

function update(row, fresh) {
  if (row.dataset.version === fresh.dataset.version) return;
  if (!isBeingEdited(row)) {
    row.replaceWith(fresh);
    return;
  }
  row.querySelector(".facts").replaceWith(fresh.querySelector(".facts"));
  row.className = fresh.className;
  row.dataset.version = fresh.dataset.version;
}

function merge(list, freshList) {
  const wanted = new Set([...freshList.children].map((row) => row.id));
  for (const row of [...list.children]) if (!wanted.has(row.id)) row.remove();
  [...freshList.children].forEach((fresh, place) => {
    const row = document.getElementById(fresh.id);
    if (row) update(row, fresh);
    else list.insertBefore(fresh, list.children[place] ?? null);
  });
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/desk", { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("count").textContent = page.getElementById("count").textContent;
    merge(document.getElementById("rows"), page.getElementById("rows"));
  } catch {
    // The server is away for a moment: the next round tries again.
  }
}

setInterval(refresh, EVERY);
