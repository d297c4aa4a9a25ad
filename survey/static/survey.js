// Small comforts; every page works without this file.

// A second press on a slow line sends nothing twice. The button stays enabled,
// so that its name and value still travel; a page shown again from the
// browser's memory may be sent again.
const PAUSE = 10_000;
const sent = new WeakMap();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - (sent.get(form) ?? -PAUSE) < PAUSE) {
    event.preventDefault();
    return;
  }
  sent.set(form, Date.now());
  form.setAttribute("aria-busy", "true");
  setTimeout(() => form.removeAttribute("aria-busy"), PAUSE);
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
