// What follows from the answers given so far, decided on a device without a network as
// survey/questionnaire decides it on the server: derived.py, routing.py, strips.py,
// summary.py and prompts.py, in this order. The rules themselves are data from there
// (offline.py). The server decides everything anew when a form arrives.

const UNKNOWN = new Set(["", "blank", "not_asked", "not_sure"]);
const ONCE_OR_MORE = ["one", "two", "three_plus"];
const DECIDED = ["granted", "refused", "returned"];
const DAY = 86_400_000;
const DAYS_BEFORE_1970 = 719_163;

// ---------- days, as whole numbers: day 1 was a Monday ----------

export function dayOf(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text ?? "")) return null;
  const moment = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(moment)) return null;
  const back = new Date(moment).toISOString().slice(0, 10);
  return back === text ? moment / DAY + DAYS_BEFORE_1970 : null; // not 30 February
}

const isWeekend = (day) => (day + 6) % 7 >= 5;

class Calendar {
  constructor(rules) {
    this.off = new Set(rules.days_off.map(dayOf));
    this.on = new Set(rules.days_on.map(dayOf));
  }

  norm(day) {
    while (isWeekend(day) ? !this.on.has(day) : this.off.has(day)) day += 1;
    return day;
  }

  between(start, end) {
    return this.upTo(end) - this.upTo(start);
  }

  upTo(day) {
    const count = (days, counts) =>
      [...days].filter((one) => one <= day && counts(one)).length;
    const weekdays = Math.floor(day / 7) * 5 + Math.min(day % 7, 5);
    return (
      weekdays -
      count(this.off, (one) => !isWeekend(one)) +
      count(this.on, isWeekend)
    );
  }
}

// ---------- conditions: true, false, or null for not known ----------

export function evaluate(condition, values) {
  if (condition.never) return false;
  let holds = true;
  for (const [name, allowed] of condition.tests) {
    const value = values[name];
    if (allowed.includes(value)) continue;
    if (value === undefined || UNKNOWN.has(value)) holds = null;
    else return false;
  }
  return holds;
}

// ---------- derived facts; unknown is an absent name ----------

const yesNo = (answer) => (answer ? "yes" : "no");
const isKnown = (value) => value !== undefined && !UNKNOWN.has(value);

function dueDate(facts, calendar) {
  const supplemented = dayOf(facts.F10b);
  if (supplemented !== null) return calendar.norm(supplemented);
  if (ONCE_OR_MORE.includes(facts.F10) && !isKnown(facts.F10b)) return null;
  const first = dayOf(facts.F07);
  return first === null ? null : calendar.norm(first);
}

function daysLate(facts, calendar, today) {
  if (facts.F09 === "withdrawn") return null;
  const due = dueDate(facts, calendar);
  if (due === null) return null;
  const ready = dayOf(facts.F08);
  let end = ready === null ? null : calendar.norm(ready);
  if (facts.F09 === "in_progress") end = today;
  return end === null ? null : calendar.between(due, end);
}

function overdue(facts, delay) {
  if (facts.F09 === "in_progress") return delay === null ? null : yesNo(delay >= 1);
  return DECIDED.includes(facts.F09) || facts.F09 === "withdrawn" ? "no" : null;
}

function resultDue(facts, isOverdue) {
  if (DECIDED.includes(facts.F09) || isOverdue === "yes") return "yes";
  return facts.F09 === "withdrawn" || isOverdue === "no" ? "no" : null;
}

function promisedDays(facts, calendar) {
  const received = dayOf(facts.F06);
  const first = dayOf(facts.F07);
  if (received === null || first === null) return null;
  return calendar.between(received, calendar.norm(first));
}

function compared(facts, promised, published, tolerance) {
  if (facts.F07 === "no_date_given") return "no_date";
  if (promised === null || published === null) return null;
  if (promised > published + tolerance) return "longer";
  return promised < published ? "shorter" : "equal";
}

function visited({ F04, F05, F12 }) {
  if (
    ["in_person", "online_then_in_person"].includes(F04) ||
    ["in_person", "electronic_and_in_person"].includes(F05) ||
    ONCE_OR_MORE.includes(F12)
  )
    return "yes";
  return isKnown(F04) && isKnown(F05) && isKnown(F12) ? "no" : null;
}

function triedOnline({ F04, F04b }) {
  const online = ["online", "online_then_in_person", "online_then_postal"];
  if (online.includes(F04) || F04b === "tried_failed") return "yes";
  return ["in_person", "postal"].includes(F04) ? "no" : null;
}

function usedPostal({ F04, F05 }) {
  if (["postal", "online_then_postal"].includes(F04)) return "yes";
  if (["postal", "electronic_and_postal"].includes(F05)) return "yes";
  const without = ["in_person", "online", "online_then_in_person"].includes(F04);
  const received = [
    "in_person",
    "electronic",
    "electronic_and_in_person",
    "not_received",
  ].includes(F05);
  return without && received ? "no" : null;
}

function triedOnlinePayment({ F13, F14, F14c }) {
  if (F14 === "portal_online" || F14c === "tried_failed") return "yes";
  if (["no", "not_paid_yet"].includes(F13)) return "no";
  return ["bank_transfer", "cash", "postal", "other"].includes(F14) ? "no" : null;
}

function onlinePaymentTrouble({ F14b, F14c }) {
  if (F14b === "after_retry" || F14c === "tried_failed") return "yes";
  return F14b === "first_try" ? "no" : null;
}

function supplementNewPoints({ F10, F11b }) {
  if (F11b === "yes") return "yes";
  return F10 === "one" || F11b === "no" ? "no" : null;
}

function derive(rules, facts, today) {
  const calendar = new Calendar(rules);
  const listed = UNKNOWN.has(facts.F01 ?? "") ? undefined : rules.procedures[facts.F01];
  const published = listed?.days ?? null;
  const promised = promisedDays(facts, calendar);
  const delay = daysLate(facts, calendar, today);
  const isOverdue = overdue(facts, delay);
  const isWithdrawn = facts.F09 === "withdrawn";
  const found = {
    days_late: delay,
    days_early: delay === null ? null : -delay || 0, // never -0
    late: delay !== null ? yesNo(delay >= 1) : isWithdrawn ? "no" : null,
    early: delay === null ? null : yesNo(delay <= -1),
    overdue: isOverdue,
    promised_days: promised,
    published_days: published,
    promised_vs_published: compared(facts, promised, published, rules.tolerance),
    immediate: listed ? yesNo(listed.is_immediate) : null,
    result_due: resultDue(facts, isOverdue),
    visited: visited(facts),
    tried_online: triedOnline(facts),
    used_postal: usedPostal(facts),
    tried_online_payment: triedOnlinePayment(facts),
    online_payment_trouble: onlinePaymentTrouble(facts),
    supplement_new_points: supplementNewPoints(facts),
  };
  return Object.fromEntries(
    Object.entries(found)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value)]),
  );
}

// ---------- routing ----------

// Facts that count now and what is derived from them; stale follow-ups are dropped.
export function current(rules, typed, today) {
  const kept = {};
  for (const { code } of rules.facts) if (typed[code]) kept[code] = typed[code];
  for (;;) {
    const values = { ...kept, ...derive(rules, kept, today) };
    const stale = rules.facts.find(
      ({ code, ask }) => code in kept && evaluate(ask, values) !== true,
    );
    if (!stale) return values;
    delete kept[stale.code];
  }
}

export const asked = (rules, values) =>
  rules.facts.filter(({ ask }) => evaluate(ask, values) === true).map(({ code }) => code);

export function shown(rules, values) {
  const found = {};
  for (const one of rules.criteria) {
    const when = evaluate(one.when, values);
    const offers =
      when !== false &&
      one.may_not_apply &&
      (when === null || evaluate(one.na_offer, values) !== false);
    found[one.code] = { isShown: when !== false, offersNotApplicable: offers };
  }
  return found;
}

// ---------- the facts in words ----------

const GAP = /\{(\w+)\}/g;
const gaps = (text) => [...text.matchAll(GAP)].map((match) => match[1]);
const fill = (text, values) =>
  text.replace(GAP, (whole, name) => (name in values ? values[name] : whole));
const lower = (text) => text[0].toLowerCase() + text.slice(1);
const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}.`;
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

export function dateText(text, language) {
  if (dayOf(text) === null) return "";
  const [year, month, day] = text.split("-");
  if (language === "en") return `${Number(day)} ${MONTHS[month - 1]} ${year}`;
  return `${day}/${month}/${year}`;
}

function factWords(rules, name, value, language) {
  const fact = rules.facts.find(({ code }) => code === name);
  if (fact?.type === "date") return dateText(value, language);
  if (fact?.type === "single") return value in fact.labels ? lower(fact.labels[value]) : "";
  return value;
}

export function strips(rules, values, language) {
  const found = {};
  for (const { code, strip } of rules.criteria) {
    const parts = [];
    for (const { when, text } of strip) {
      if (evaluate(when, values) !== true) continue;
      const known = {};
      for (const name of gaps(text)) {
        const words = isKnown(values[name])
          ? factWords(rules, name, values[name], language)
          : "";
        if (words) known[name] = words;
      }
      if (gaps(text).every((name) => name in known)) parts.push(fill(text, known));
    }
    if (parts.length) found[code] = sentence(parts.join("; "));
  }
  return found;
}

// The due date as entered: the one after a supplement, else the first.
function due({ F07, F10, F10b }) {
  if (dayOf(F10b) !== null) return F10b;
  return ONCE_OR_MORE.includes(F10) && F10b !== "unchanged" ? undefined : F07;
}

// Whether a supplement leaves open which date the result was due on.
export const lacksDueDate = (values) =>
  dayOf(values.F07) !== null && due(values) === undefined;

export function summary(rules, values, language) {
  const { text, late, on_time, early } = rules.summary;
  const choice = (code) => {
    const labels = rules.facts.find((one) => one.code === code)?.labels ?? {};
    const value = values[code];
    return value !== "not_sure" && value in labels ? lower(labels[value]) : "";
  };
  const days = Number(values.days_late);
  const known = {
    F06: dateText(values.F06, language),
    due: dateText(due(values), language),
    F08: dateText(values.F08, language),
    lateness:
      "days_late" in values
        ? fill(days > 0 ? late : days < 0 ? early : on_time, { n: Math.abs(days) })
        : "",
    F10: choice("F10"),
    F14: choice("F14"),
  };
  const parts = text
    .replace(/\.$/, "")
    .split("; ")
    .map((part) => (known.lateness ? part : part.replace(" ({lateness})", "")))
    .filter((part) => gaps(part).every((name) => known[name]))
    .map((part) => fill(part, known));
  return parts.length ? sentence(parts.join("; ")) : "";
}

export function contradictions(facts) {
  const pairs = [];
  const received = dayOf(facts.F06);
  for (const code of ["F07", "F08", "F10b"]) {
    const later = dayOf(facts[code]);
    if (received !== null && later !== null && later < received) pairs.push([code, "F06"]);
  }
  if (dayOf(facts.F08) !== null && facts.F09 === "in_progress") pairs.push(["F08", "F09"]);
  if (facts.F08 === "not_yet" && DECIDED.includes(facts.F09)) pairs.push(["F08", "F09"]);
  if (facts.F12 === "none") {
    if (["in_person", "online_then_in_person"].includes(facts.F04)) pairs.push(["F12", "F04"]);
    if (["in_person", "electronic_and_in_person"].includes(facts.F05))
      pairs.push(["F12", "F05"]);
  }
  return pairs;
}

// Dates that cannot be: "future" or "before_receipt" by the code of the fact.
export function impossible(facts, today) {
  const found = {};
  for (const code of ["F06", "F08"]) {
    const on = dayOf(facts[code]);
    if (on !== null && on > today) found[code] = "future";
  }
  const received = dayOf(facts.F06);
  for (const code of ["F07", "F08", "F10b"]) {
    const later = dayOf(facts[code]);
    if (received !== null && later !== null && later < received)
      found[code] ??= "before_receipt";
  }
  return found;
}

// ---------- prompts ----------

function allRated(rules, ratings, levels) {
  const given = rules.criteria
    .map(({ code }) => ratings[code])
    .filter((value) => value in rules.levels)
    .map(Number);
  return yesNo(given.length >= 5 && given.every((one) => levels.includes(one)));
}

// Facts, ratings, and what only the ratings together tell.
export const judged = (rules, values, ratings) => ({
  ...values,
  ...ratings,
  all_rated_low: allRated(rules, ratings, rules.low),
  all_rated_high: allRated(rules, ratings, rules.high),
});

function inWords(wordings, values) {
  const found = wordings.find(({ when }) => evaluate(when, values) === true);
  if (!found || !gaps(found.text).every((name) => name in values)) return null;
  return fill(found.text, values);
}

// The prompts that these questions raise, the lowest number first.
export function raised(rules, codes, values) {
  const found = [];
  for (const side of rules.prompts) {
    if (!codes.includes(side.criterion)) continue;
    const rating = values[side.criterion];
    if (!side.levels.some((level) => String(level) === rating)) continue;
    if (evaluate(side.facts, values) !== true) continue;
    const fact = inWords(side.wordings, values);
    if (fact === null) continue;
    const { code, criterion, direction } = side;
    const question = fill(rules.prompt, { fact, level: rules.levels[rating] });
    found.push({ code, criterion, direction, level: rating, question });
  }
  return found;
}
