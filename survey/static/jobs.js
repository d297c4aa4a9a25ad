// Long work: the page keeps itself up to date. Without this file it reloads by itself.

const SECONDS = 1.5;
const shown = document.getElementById("job");
const said = document.getElementById("said");
let told = 0;

// Ten per cent at a time: a screen reader should not speak without end.
function tell(state, percent) {
  if (percent < told + 10) return;
  told = percent - (percent % 10);
  said.textContent = state.querySelector("label")?.textContent ?? "";
}

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    // Signed out, or gone: the page itself says what to do.
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("job");
    if (!next || !["queued", "running"].includes(next.dataset.state)) return location.reload();
    shown.replaceChildren(...next.childNodes);
    document.title = page.title;
    tell(shown, Number(next.dataset.percent ?? 0));
  } catch {
    // The network is away for a moment; the work goes on.
  }
  setTimeout(look, SECONDS * 1000);
}

setTimeout(look, SECONDS * 1000);
