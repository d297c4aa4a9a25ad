// The answers in the page: read, put back, checked, listed, routed.

import * as rules from "./kiosk-rules.js";

const CONTROL = "input:not([type=hidden]), select, textarea";
const at = (id) => document.getElementById(id);

export const worded = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

export function made(tag, className, text) {
  const one = Object.assign(document.createElement(tag), { className });
  one.textContent = text;
  return one;
}

// One value a question, of those in sight; several in a list.
export function typed(form) {
  const found = {};
  for (const [name, value] of new FormData(form)) {
    if (!value || name === "shown") continue;
    const isMany = form.querySelector(`.levels [type=checkbox][name="${name}"]`);
    if (isMany) found[name] = [...(found[name] ?? []), value];
    else found[name] = value;
  }
  return found;
}

export function restore(form, kept) {
  for (const field of form.elements) {
    if (!field.name || field.type === "hidden" || !(field.name in kept)) continue;
    const values = [kept[field.name]].flat();
    if (field.type === "radio" || field.type === "checkbox")
      field.checked = values.includes(field.value);
    else if (field.type === "date") field.value = rules.dayOf(values[0]) ? values[0] : "";
    else field.value = values[0];
  }
}

export function enable(box, isOn) {
  if (box) box.hidden = box.disabled = !isOn;
}

// A date, or one of the choices below it, never both.
export function oneKind(field) {
  const group = field.closest?.("fieldset");
  const date = group?.querySelector("input[type=date]");
  if (!date) return;
  if (field === date) {
    if (date.value) for (const one of group.querySelectorAll("[type=radio]")) one.checked = false;
  } else if (field.type === "radio") date.value = "";
}

// The same order for one person in both languages, another one for the next.
export function reorder({ rules: data }, person) {
  for (const { code, alone, random_order } of data.generals) {
    const rows = at(code)?.querySelector(".levels");
    if (!random_order || !rows) continue;
    const values = [...rows.querySelectorAll("input")].map((one) => one.value);
    person.order ??= shuffled(values.filter((one) => one !== alone));
    for (const value of [...person.order, alone].filter(Boolean))
      rows.append(at(`${code}-${value}`).closest(".level"));
  }
}

function shuffled(values) {
  const found = [...values];
  for (let place = found.length - 1; place > 0; place -= 1) {
    const [drawn] = crypto.getRandomValues(new Uint32Array(1));
    const other = drawn % (place + 1);
    [found[place], found[other]] = [found[other], found[place]];
  }
  return found;
}

// ---------- what the facts rule out, and the facts in words ----------

export function route(data, routed, strips) {
  for (const [code, { isShown, offersNotApplicable }] of Object.entries(routed)) {
    enable(at(code), isShown);
    const row = at(`${code}-not_applicable`);
    if (row) {
      row.disabled = !offersNotApplicable;
      row.closest(".level").hidden = !offersNotApplicable;
    }
    const strip = at(`${code}-facts`);
    if (strip) {
      strip.hidden = !(code in strips);
      strip.querySelector("[data-strip]").textContent = strips[code] ?? "";
      describe(at(code), strip.id, !strip.hidden);
    }
  }
  for (const one of document.querySelectorAll("[data-about]")) {
    const left = one.dataset.about.split(" ").filter((code) => routed[code]?.isShown !== false);
    one.textContent = left.length ? ` (${one.dataset.words} ${left.join(", ")})` : "";
  }
}

// A hidden text would be read out all the same.
function describe(box, id, isOn) {
  const ids = new Set((box.getAttribute("aria-describedby") ?? "").split(" "));
  if (isOn) ids.add(id);
  else ids.delete(id);
  ids.delete("");
  if (ids.size) box.setAttribute("aria-describedby", [...ids].join(" "));
  else box.removeAttribute("aria-describedby");
}

export function doubt(box, pairs, data, form) {
  box.hidden = pairs.length === 0;
  const named = (code) => {
    const { title } = data.facts.find((one) => one.code === code);
    return `${code} ${title}: ${words(form, code)}`;
  };
  const rows = pairs.map((pair) => made("li", "", pair.split("-").map(named).join("; ")));
  box.querySelector("ul").replaceChildren(...rows);
}

// ---------- errors ----------

export function errors(screen, { rules: data, words: said }, form, today, language) {
  const given = typed(form);
  const found = {};
  if (screen === "gioi-thieu" && !given.consent) found.consent = said.consent;
  if (screen === "thong-tin") {
    for (const [code, reason] of Object.entries(rules.impossible(given, today))) {
      const date = rules.dateText(given.F06, language);
      found[code] = worded(said[reason], { date });
    }
    for (const { code, type } of data.facts) {
      const field = type === "date" && at(`${code}-date`);
      const year = Number((given[code] ?? "").slice(0, 4));
      const isOdd = rules.dayOf(given[code]) !== null && (year < 2000 || year > 2099);
      if (field && (field.validity.badInput || isOdd)) found[code] = said.year;
    }
  }
  if (screen === "chung") for (const one of data.generals) general(one, given, said, found);
  if (screen === "xem-lai" && !data.criteria.some(({ code }) => given[code]))
    found.check = said.nothing;
  return found;
}

function general({ code, type, max, alone }, given, said, found) {
  const value = given[code];
  if (type === "multi" && value) {
    if (alone && value.includes(alone) && value.length > 1) found[code] = said.alone;
    else if (max && value.length > max) found[code] = worded(said.most, { most: max });
  }
  const length = type === "text" && value ? symbols(value) : 0;
  if (length > max && type === "text")
    found[code] = worded(said.long, { length, most: max });
}

// Counted as the server counts: NFC, a line break as one.
const symbols = (text) => [...text.trim().normalize("NFC")].length;

export function measured(field) {
  const left = made("p", "govuk-hint", "");
  left.id = `${field.id}-left`;
  field.after(left);
  describe(field, left.id, true);
}

export function length(field, said, language) {
  const rest = field.dataset.maxlength - symbols(field.value);
  const left = at(`${field.id}-left`);
  const n = new Intl.NumberFormat(language).format(Math.abs(rest));
  left.textContent = worded(rest < 0 ? said.over : said.left, { n });
  left.classList.toggle("govuk-error-message", rest < 0);
}

// Shows what is wrong, on top and beside each question; whether anything is.
export function complain(summary, found, said) {
  for (const one of document.querySelectorAll("[data-error]")) {
    const box = one.closest("fieldset");
    box.classList.remove("criterion--error");
    describe(box.querySelector(CONTROL), one.id, false);
    one.remove();
  }
  const links = Object.entries(found).map(([code, message]) => {
    const box = at(code === "consent" ? "consent-group" : code);
    const beside = made("p", "govuk-error-message", "");
    beside.dataset.error = code;
    beside.id = `${code}-error`;
    beside.append(made("span", "govuk-visually-hidden", said.error), ` ${message}`);
    const place = box.querySelector(".govuk-form-group, .levels, textarea");
    if (place) {
      place.before(beside);
      if (box.classList.contains("criterion")) box.classList.add("criterion--error");
    }
    const first = box.querySelector(CONTROL);
    if (place) describe(first, beside.id, true);
    const row = document.createElement("li");
    const link = Object.assign(made("a", "", message), { href: `#${(first ?? box).id}` });
    row.append(link);
    return row;
  });
  summary.hidden = links.length === 0;
  summary.querySelector("ul").replaceChildren(...links);
  if (links.length) {
    scrollTo(0, 0);
    summary.focus();
  }
  return links.length > 0;
}

// ---------- ratings ----------

// What is rated now, as it would be stored.
export function ratings(data, form) {
  const given = typed(form);
  const found = { G1: given.G1 ?? "" };
  for (const { code } of data.criteria) found[code] = given[code] ?? "";
  return found;
}

export function prompt({ code, criterion, question }) {
  const box = at(criterion).querySelector(".prompt");
  if (!box) return null;
  at(`${criterion}-prompt`).textContent = question;
  box.dataset.prompt = code;
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
  return box;
}

// ---------- all answers, to be looked at once more ----------

function words(form, code) {
  const value = typed(form)[code];
  if (value === undefined) return "";
  const chosen = [value].flat().map((one) => {
    const row = at(`${code}-${one}`);
    const label = row?.labels[0]?.querySelector("b, .level__plain");
    if (label) return label.textContent;
    const list = at(`${code}-list`);
    if (list) return list.selectedOptions[0].textContent;
    return rules.dateText(one, document.documentElement.lang) || one;
  });
  return chosen.join("; ");
}

export function list(box, { rules: data, words: said }, form, asked, pages) {
  const groups = [
    [said.facts, pages.facts, asked.map((code) => [code, legend(code)])],
    ...data.elements.map(({ code, criteria }) => [
      at(`page-${code}`).dataset.heading,
      code,
      criteria.filter((one) => !at(one).disabled).map((one) => [one, titled(data, one)]),
    ]),
    [said.generals, pages.generals, data.generals.filter(({ code }) => at(code)).map(({ code }) => [code, legend(code)])],
  ];
  box.replaceChildren(
    ...groups
      .filter(([, , rows]) => rows.length)
      .flatMap(([name, page, rows]) => [
        made("h2", "govuk-heading-m", name),
        summaryOf(rows, page, form, said),
      ]),
  );
}

const titled = (data, code) =>
  `${code}. ${data.criteria.find((one) => one.code === code).title}`;

function legend(code) {
  const text = at(code).querySelector("legend").textContent;
  return `${code}. ${text.replace(code, "").trim()}`;
}

function summaryOf(rows, page, form, said) {
  const list = made("dl", "govuk-summary-list", "");
  for (const [code, title] of rows) {
    const row = made("div", "govuk-summary-list__row", "");
    const action = made("dd", "govuk-summary-list__actions", "");
    const link = made("a", "govuk-link", said.edit);
    link.href = `#${code}`;
    link.dataset.page = page;
    link.append(made("span", "govuk-visually-hidden", ` – ${title}`));
    action.append(link);
    row.append(
      made("dt", "govuk-summary-list__key", title),
      made("dd", "govuk-summary-list__value", words(form, code) || said.unanswered),
      action,
    );
    list.append(row);
  }
  return list;
}

// Ratings that the facts, as they are now, leave no room for: told, and not sent.
export function removed({ rules: data }) {
  const isGone = ({ code }) => at(code).disabled && at(code).querySelector(":checked");
  return data.criteria.filter(isGone).map(({ code }) => titled(data, code));
}

// What the facts said beside each criterion of a page when it was left.
export function beside({ rules: data }, { criteria }, values, language) {
  const strips = rules.strips(data, values, language);
  return Object.fromEntries(
    criteria.map((code) => [code, { language, words: strips[code] ?? "" }]),
  );
}

// Points to the ratings beside which facts that were corrected since say something else.
export function point(box, { rules: data }, form, then, values, routed) {
  const given = ratings(data, form);
  const isOverturned = (code) =>
    code in then &&
    given[code] &&
    routed[code].isShown &&
    then[code].words !== (rules.strips(data, values, then[code].language)[code] ?? "");
  const links = data.elements.flatMap(({ code: page, criteria }) =>
    criteria.filter(isOverturned).map((code) => {
      const link = made("a", "govuk-link", titled(data, code));
      link.href = `#${code}`;
      link.dataset.page = page;
      return link;
    }),
  );
  box.hidden = links.length === 0;
  const parts = links.flatMap((link, place) => (place ? ["; ", link] : [link]));
  box.querySelector("[data-doubt]").replaceChildren(...parts);
}

// What goes to the server: the answers of questions in sight, nothing else.
export function sent(data, form) {
  const given = typed(form);
  const codes = [...data.facts, ...data.criteria, ...data.generals].map(({ code }) => code);
  return Object.fromEntries(
    codes.filter((code) => code in given).map((code) => [code, given[code]]),
  );
}
