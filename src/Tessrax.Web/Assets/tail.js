// Follows the ledger: whenever entries are announced, the list is fetched as the server renders it, so that there is one rendering and nothing of a payload is ever made into markup here.
const list = document.getElementById("tail");
const state = document.getElementById("tail-state");
let due = null;
let isBusy = false;

async function refresh() {
  due = null;
  if (isBusy) {
    schedule();
    return;
  }
  isBusy = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("tail");
    if (!next) return;
    const known = new Set([...list.querySelectorAll("li[data-index]")].map((row) => row.dataset.index));
    for (const row of next.querySelectorAll("li[data-index]")) {
      if (known.size > 0 && !known.has(row.dataset.index)) row.classList.add("fresh");
    }
    list.replaceChildren(...next.childNodes);
    const facts = document.getElementById("moment");
    const newFacts = page.getElementById("moment");
    if (facts && newFacts) facts.replaceChildren(...newFacts.childNodes);
  } finally {
    isBusy = false;
  }
}

// Many entries in a moment are one change of the page.
function schedule() {
  due ??= setTimeout(refresh, 250);
}

function tell(words, tone) {
  state.textContent = words;
  state.className = `badge ${tone}`;
}

const events = new EventSource(list.dataset.events);
events.addEventListener("open", () => {
  tell("live", "good");
  // What came since this page was rendered.
  schedule();
});
events.addEventListener("receipt", schedule);
events.addEventListener("error", () => {
  if (events.readyState !== EventSource.CLOSED) {
    tell("reconnecting", "warn");
    return;
  }
  // The server takes no more followers, and a browser asks no second time.
  tell("every 5 s", "own");
  setInterval(schedule, 5000);
});
