// Small comforts; every page works without this file.

// A second press on a slow line sends nothing twice. The button stays enabled,
// so that its name and value still travel; a page shown again from the
// browser's memory may be sent again.
const PAUSE = 10_000;
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("file" in form.dataset) return; // a download: the page stays, and may ask again
  if (Date.now() - (sent.get(form) ?? -PAUSE) < PAUSE) {
    event.preventDefault();
    return;
  }
  // Only the button that goes on: another, such as a language, asks for something else.
  if (!event.submitter?.name && asks(form)) {
    event.preventDefault();
    return;
  }
  sent.set(form, Date.now());
  form.setAttribute("aria-busy", "true");
  setTimeout(() => form.removeAttribute("aria-busy"), PAUSE);
  if (form.dataset.waiting) {
    event.preventDefault();
    send(form, event.submitter);
  }
});

addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    sent.delete(form);
    form.removeAttribute("aria-busy");
  }
});

// Errors are read out and seen first; their links lead to the control itself.
const summary = document.getElementById("error-summary");
summary?.focus();
summary?.addEventListener("click", (event) => {
  const id = event.target.closest("a")?.hash.slice(1);
  const control = id && document.getElementById(id);
  if (!control) return;
  event.preventDefault();
  const group = control.closest("fieldset, .govuk-form-group") ?? control;
  group.scrollIntoView();
  control.focus({ preventScroll: true });
});

// The menu of the staff and the filters, folded where they would take half of a
// telephone's screen.
const wide = matchMedia("(min-width: 40.0625em)");
for (const sections of document.querySelectorAll("details.sections")) {
  const fold = () => (sections.open = wide.matches);
  wide.addEventListener("change", fold);
  fold();
}

// Buttons that only a script can serve appear with it.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue; // plain http: the address stands beside it
  const label = button.textContent;
  button.hidden = false;
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
      setTimeout(() => (button.textContent = label), 3000);
    } catch {
      button.hidden = true;
    }
  });
}

// Characters left: counted as the server counts, NFC with a line break as one.
for (const field of document.querySelectorAll("[data-maxlength]")) {
  const { maxlength, left, over } = field.dataset;
  const shown = document.createElement("p");
  shown.className = "govuk-hint";
  shown.id = `${field.id}-left`;
  field.after(shown);
  const ids = [field.getAttribute("aria-describedby"), shown.id];
  field.setAttribute("aria-describedby", ids.filter(Boolean).join(" "));
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let waiting;
  const count = () => {
    const rest = maxlength - [...field.value.normalize("NFC")].length;
    shown.textContent = (rest < 0 ? over : left).replace(
      "{n}",
      number.format(Math.abs(rest)),
    );
    shown.classList.toggle("govuk-error-message", rest < 0);
  };
  field.addEventListener("input", () => {
    count();
    shown.removeAttribute("aria-live");
    clearTimeout(waiting);
    waiting = setTimeout(() => shown.setAttribute("aria-live", "polite"), 1000);
  });
  count();
}

// Follow-up questions appear as soon as an answer asks for them; without this file
// the server brings them up after the page.
const questions = document.getElementById("form");
for (const template of questions?.querySelectorAll("template") ?? []) {
  template.replaceWith(template.content);
}
const followUps = questions?.querySelectorAll("[data-ask]") ?? [];
const bringUp = () => {
  // In the order of the page: a condition looks only at questions above it.
  for (const one of followUps) {
    const typed = new FormData(questions);
    const asked = one.dataset.ask.split(";").every((test) => {
      const [name, values] = test.split("=");
      return typed.getAll(name).some((value) => values.split(" ").includes(value));
    });
    one.hidden = one.disabled = !asked;
  }
};
if (followUps.length) {
  questions.addEventListener("change", bringUp);
  bringUp();
}

// A date, or one of the choices below it, never both.
for (const date of questions?.querySelectorAll("input[type=date]") ?? []) {
  const choices = date.closest("fieldset").querySelectorAll("input[type=radio]");
  date.addEventListener("input", () => {
    if (date.value) for (const choice of choices) choice.checked = false;
  });
  for (const choice of choices) {
    choice.addEventListener("change", () => (date.value = ""));
  }
}

// A rating that a fact speaks against is asked about once, on the page itself: at most
// one for a page, the first. Both buttons are alike and neither changes an answer.
function asks(form) {
  if (form.querySelector("input[name=prompt]")) return false; // asked already
  for (const box of form.querySelectorAll("[data-prompt]")) {
    const { prompt, criterion, levels } = box.dataset;
    const chosen = form.querySelector(`input[name="${criterion}"]:checked`);
    if (!chosen || !levels.split(" ").includes(chosen.value)) continue;
    const label = chosen.labels[0].querySelector("b, .level__plain");
    // Without its number, as in the question that the server asks.
    const words = label.textContent.replace(/^\d+\. /, "");
    box.querySelector("[data-level]").textContent = words;
    const shown = document.createElement("input");
    Object.assign(shown, {
      type: "hidden",
      name: "prompt",
      value: `${prompt}:${chosen.value}`,
    });
    form.append(shown);
    box.hidden = false;
    box.scrollIntoView({ block: "center" });
    box.focus({ preventScroll: true });
    box.querySelector("[data-keep]").onclick = () => form.requestSubmit();
    box.querySelector("[data-review]").onclick = () => {
      box.hidden = true;
      document.getElementById(criterion).scrollIntoView();
      chosen.focus({ preventScroll: true });
    };
    return true;
  }
  return false;
}

// A page of the form is sent from here, so that a lost network loses nothing: the page
// stays, what was typed too, and it is sent again until it arrives. The server takes
// it once, however often it comes.
const AGAIN = 5_000;
const KEPT = `survey:${location.pathname}`;

async function send(form, button) {
  const typed = new FormData(form);
  // By hand: not every browser takes the button as a second argument.
  if (button?.name) typed.append(button.name, button.value);
  const body = new URLSearchParams(typed);
  const notice = document.getElementById("waiting");
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { "X-Sent-By-Script": "1" },
    });
    if (answer.status >= 502) throw new Error("away");
  } catch {
    keep(body.toString());
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
    const again = () => {
      removeEventListener("online", again);
      clearTimeout(timer);
      send(form, button);
    };
    const timer = setTimeout(again, AGAIN);
    addEventListener("online", again);
    return;
  }
  keep(null);
  notice.hidden = true;
  if (answer.headers.get("Content-Type") === "application/json") {
    const { to } = await answer.json();
    const here = to.split("#")[0] === location.pathname + location.search;
    location.assign(to);
    if (here) location.reload();
    return;
  }
  // Errors, an expired session, a page of another kind: the browser asks for it once
  // more by itself. Written into this page it would come without its script, which a
  // browser runs once for a document.
  const pressed = Object.assign(document.createElement("input"), { type: "hidden" });
  if (button?.name) Object.assign(pressed, { name: button.name, value: button.value });
  form.append(pressed);
  form.submit();
  pressed.remove(); // the page may be shown again from the browser's memory
}

function keep(body) {
  try {
    if (body === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, body);
  } catch {
    // A browser that keeps nothing still has the page.
  }
}

// The page was closed while it waited: what had been typed stands in it again.
if (questions?.dataset.waiting) {
  let kept;
  try {
    kept = localStorage.getItem(KEPT);
  } catch {
    kept = null;
  }
  const own = questions.elements.namedItem("key")?.value;
  const typed = new URLSearchParams(kept ?? "");
  if (kept && typed.get("key") === own) {
    for (const field of questions.elements) {
      if (!field.name || field.type === "hidden" || field.type === "submit") continue;
      const values = typed.getAll(field.name);
      if (field.type === "radio" || field.type === "checkbox")
        field.checked = values.includes(field.value);
      else if (values.length) field.value = values[0];
    }
    bringUp();
    document.getElementById("restored").hidden = false;
  } else if (kept) {
    keep(null); // another person's form on a screen that many use
  }
}
