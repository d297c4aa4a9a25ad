// A tablet at a counter: the whole form on one page, one part in sight at a time. What a
// person typed stands in the page alone, until it is sent or the screen begins anew.

import * as rules from "./kiosk-rules.js";
import * as answers from "./kiosk-answers.js";
import * as device from "./kiosk-device.js";
import { guard } from "./kiosk-guard.js";
import { Sender, Store } from "./kiosk-store.js";

const LONGEST = 600; // seconds on a page; who takes longer was interrupted
const WARNING = 20;
const THANKS = 30;
const QUIET = 90;
const PATIENCE = 5_000;

const base = document.body.dataset.base;
const at = (id) => document.getElementById(id);
const all = (selector) => document.querySelectorAll(selector);

let data = JSON.parse(at("data").content.textContent);
const faces = new Map(); // pages as they were served, by language and arm
let language = document.body.dataset.language;
let screen = "bat-dau";
let person = null; // the form being filled in
let ticks = 0; // seconds without a touch, or left on a screen that closes by itself
let quiet = QUIET;
let receipt = ""; // of the form that was just sent
let store;
let sender;

// ---------- the page in its faces ----------

async function load() {
  for (const [name, address] of Object.entries(data.variants)) {
    const html = await (await fetch(address)).text();
    faces.set(name, new DOMParser().parseFromString(html, "text/html"));
  }
}

async function loaded() {
  for (;;) {
    try {
      await load();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, PATIENCE));
    }
  }
}

// Puts a face up as it was served; nothing that was typed survives it.
function put(name) {
  const face = faces.get(name);
  if (!face) return;
  document.body.replaceChildren(...document.importNode(face.body, true).childNodes);
  data = JSON.parse(at("data").content.textContent);
  language = face.documentElement.lang;
  document.documentElement.lang = language;
  at("idle-seconds").value = String(quiet);
  // A comment's length is said as it is typed, as on the usual page.
  const comment = document.querySelector("[data-maxlength]");
  if (comment) answers.measured(comment);
}

function change(to) {
  const typed = answers.typed(at("form"));
  if (isForm(screen)) leave();
  put(`${to}-${person?.arm ?? arms()[0]}`);
  if (person) {
    answers.restore(at("form"), typed);
    answers.reorder(data, person);
  }
  show(screen);
}

const arms = () => [...new Set([...faces.keys()].map((name) => name.split("-")[1]))];

function show(name) {
  screen = name;
  const section = at(`page-${name}`);
  for (const one of all("section")) one.hidden = one !== section;
  at("heading").textContent = section.dataset.heading;
  const agency = document.title.split(" – ").pop();
  document.title = `${section.dataset.heading} – ${agency}`;
  document.querySelector("[data-do=restart]").hidden = !isForm(name);
  at("assisted").hidden = !(person?.assisted && isForm(name));
  at("error-summary").hidden = true;
  progress(name);
  if (isForm(name)) {
    prepare(name);
    person.entered = performance.now();
  }
  at("receipt").textContent = receipt;
  at("receipt-box").hidden = !receipt;
  tell();
  scrollTo(0, 0);
  at("heading").focus({ preventScroll: true });
}

const isForm = (name) => person !== null && steps().includes(name);

const steps = () => [
  "gioi-thieu",
  "thong-tin",
  "tom-tat",
  ...data.rules.elements.map(({ code }) => code),
  "chung",
  "xem-lai",
];

function progress(name) {
  const counted = steps().filter((one) => one !== "gioi-thieu" && one !== "tom-tat");
  const step = counted.indexOf(name === "tom-tat" ? "thong-tin" : name) + 1;
  at("progress-box").hidden = step === 0 || !isForm(name);
  Object.assign(at("progress"), { max: counted.length, value: step });
  at("progress-box").querySelector("label").textContent = answers.worded(data.words.step, {
    step,
    steps: counted.length,
  });
}

// ---------- what follows from the answers ----------

let skew = 0;
const now = () => Date.now() + skew;
const dayText = () => new Date(now() + 7 * 3_600_000).toISOString().slice(0, 10); // UTC+7
const today = () => rules.dayOf(dayText());

function known() {
  return rules.current(data.rules, answers.typed(at("form")), today());
}

// A follow-up is in sight while the answers above it ask for it.
function bringUp() {
  for (const { code } of data.rules.facts) {
    const asked = rules.asked(data.rules, known());
    answers.enable(at(code), asked.includes(code));
  }
}

function prepare(name) {
  const values = known();
  const routed = rules.shown(data.rules, values);
  if (name === "thong-tin") bringUp();
  if (name === "tom-tat") {
    at("summary").textContent = rules.summary(data.rules, values, language);
    at("summary").hidden = !at("summary").textContent;
    at("undated").hidden = !rules.lacksDueDate(values);
    answers.doubt(at("doubts"), person.asking, data.rules, at("form"));
  }
  answers.route(data.rules, routed, rules.strips(data.rules, values, language));
  if (name === "xem-lai") {
    const gone = answers.removed(data);
    at("removed").hidden = gone.length === 0;
    at("removed").querySelector("[data-gone]").textContent = gone.join("; ");
    answers.point(at("overturned"), data, at("form"), person.beside, values, routed);
    const pages = { facts: "thong-tin", generals: "chung" };
    answers.list(at("check"), data, at("form"), rules.asked(data.rules, values), pages);
  }
}

const isAsked = (code) => {
  const routed = rules.shown(data.rules, known());
  const element = data.rules.elements.find((one) => one.code === code);
  return !element || element.criteria.some((one) => routed[one].isShown);
};

// ---------- from page to page ----------

function begin(assisted) {
  const drawn = crypto.getRandomValues(new Uint8Array(1))[0] % 100;
  const arm = arms().length > 1 ? arms()[Number(drawn < data.folded_percent)] : arms()[0];
  person = { arm, assisted, seconds: {}, prompts: {}, beside: {}, warned: [], asking: [], isBegun: false };
  put(`${language}-${arm}`);
  answers.reorder(data, person);
  show("gioi-thieu");
}

function next() {
  const found = answers.errors(screen, data, at("form"), today(), language);
  if (answers.complain(at("error-summary"), found, data.words)) return;
  if (screen === "gioi-thieu") person.isBegun = true;
  if (asks()) return;
  leave();
  if (screen === "xem-lai") {
    send();
    return;
  }
  let to = steps()[steps().indexOf(screen) + 1];
  if (to === "tom-tat" && !sumsUp()) to = after(to);
  while (!isAsked(to)) to = after(to);
  // Who corrects an answer comes back: to the criterion beside the fact, or to the list.
  if (to !== "tom-tat" && person.origin) {
    if (isAsked(person.origin)) to = person.origin;
    person.origin = null;
  } else if (to !== "tom-tat" && person.isCorrecting) to = "xem-lai";
  show(to);
  if (to === "xem-lai") person.isCorrecting = true;
}

const after = (name) => steps()[steps().indexOf(name) + 1];

function back() {
  if (screen === "gioi-thieu") return anew();
  leave();
  let to = steps()[steps().indexOf(screen) - 1];
  while (to === "tom-tat" || !isAsked(to)) to = steps()[steps().indexOf(to) - 1];
  show(to);
}

function leave() {
  const page = data.rules.elements.find(({ code }) => code === screen);
  if (page) Object.assign(person.beside, answers.beside(data, page, known(), language));
  const spent = Math.round((performance.now() - person.entered) / 1000);
  const before = person.seconds[screen] ?? 0;
  person.seconds[screen] = before + Math.min(spent, LONGEST);
}

// Facts that do not fit together are asked about once.
function sumsUp() {
  const pairs = rules.contradictions(known()).map((pair) => pair.join("-"));
  person.asking = pairs.filter((pair) => !person.warned.includes(pair));
  person.warned.push(...person.asking);
  return person.asking.length > 0 || rules.summary(data.rules, known(), language) !== "";
}

// A rating that a fact speaks against is asked about once; at most one on a page.
function asks() {
  const onPage = data.rules.elements.find(({ code }) => code === screen)?.criteria;
  const codes = screen === "chung" ? ["G1"] : onPage;
  if (!codes) return false;
  const given = answers.ratings(data.rules, at("form"));
  const values =
    screen === "chung"
      ? rules.judged(data.rules, known(), given)
      : { ...known(), ...given };
  const onThisPage = data.rules.prompts.filter((one) => codes.includes(one.criterion));
  let isShown = onThisPage.some(({ code }) => person.prompts[code]?.outcome === "shown");
  let box = null;
  for (const one of rules.raised(data.rules, codes, values)) {
    if (person.prompts[one.code]) continue;
    const outcome = isShown ? "not_shown_page_limit" : "shown";
    person.prompts[one.code] = { from: one.level, outcome };
    if (!isShown) box = answers.prompt(one);
    isShown = true;
  }
  return box !== null;
}

async function send() {
  const form = {
    version: data.version,
    rehearsal: data.rehearsal,
    assisted: person.assisted,
    answered_at: new Date(now()).toISOString(),
    language,
    arm: person.arm,
    answers: answers.sent(data.rules, at("form")),
    seconds: person.seconds,
    prompts: person.prompts,
  };
  try {
    receipt = await store.keep(form);
  } catch {
    answers.complain(at("error-summary"), { check: data.words.not_kept }, data.words);
    return;
  }
  person = null;
  put(`${language}-${arms()[0]}`);
  ticks = THANKS;
  show("cam-on");
  sender.hurry();
}

// ---------- the next person ----------

function anew() {
  const isLeft = person?.isBegun;
  person = null;
  receipt = "";
  ticks = 0;
  put(`vi-${arms()[0]}`);
  show(isOpen() ? "bat-dau" : "dong");
  if (isLeft) store.abandon(dayText());
  device.renew(sender?.standing.version);
}

function isOpen() {
  if (sender?.standing.isOpen === false) return false;
  const day = today();
  return data.rehearsal || (rules.dayOf(data.opens_on) <= day && day <= rules.dayOf(data.last_on));
}

// Every second: who has gone, which screen closes by itself.
function tick() {
  if (screen === "cam-on") {
    ticks -= 1;
    at("page-cam-on").querySelector("[data-left]").textContent = ticks;
    if (ticks <= 0) anew();
    return;
  }
  if (["bat-dau", "dong", "thoat"].includes(screen)) {
    const isChanged = at("pin").open || language !== "vi";
    ticks = isChanged ? ticks + 1 : 0;
    if (device.isStale() && !isChanged) location.reload();
    else if (ticks > quiet && screen !== "thoat") anew();
    else if (screen !== "thoat" && (screen === "bat-dau") !== isOpen()) anew();
    return;
  }
  ticks += 1;
  if (screen === "can-bo") {
    if (ticks > quiet) anew();
    return;
  }
  const left = quiet + WARNING - ticks;
  const dialog = at("idle");
  dialog.querySelector("[data-left]").textContent = left;
  if (left <= 0) anew();
  else if (ticks >= quiet && !dialog.open) {
    at("leave").close();
    at("pin").close();
    dialog.showModal();
  }
}

function touched(event) {
  if (event?.type === "pointerdown") device.hold();
  if (screen !== "cam-on" && !at("idle")?.open) ticks = 0;
}

// ---------- the device ----------

async function tell() {
  if (!store) return;
  const queue = await store.queue();
  const refused = queue.filter((one) => one.refused).length;
  const waiting = queue.length - refused;
  const { words } = data;
  const parts = [
    waiting ? answers.worded(words.waiting, { count: waiting }) : words.none_waiting,
    sender.standing.isOnline ? words.online : words.offline,
  ];
  if (refused) parts.push(answers.worded(words.refused, { count: refused }));
  for (const one of all("[data-device]")) one.textContent = parts.join(" ");
  const isKept = waiting > 0 && !sender.standing.isOnline;
  at("kept").hidden = !isKept;
  if (screen === "cam-on") {
    const { heading, kept } = at("page-cam-on").dataset;
    at("heading").textContent = isKept ? kept : heading;
  }
}

async function changed() {
  skew = (await store.get("skew")) ?? 0;
  await tell();
  device.renew(sender?.standing.version);
}

const pin = guard(
  () => store,
  () => data,
);

async function staff() {
  if (!data.pin || (await pin.ask())) {
    show("can-bo");
    at("no-pin").hidden = Boolean(data.pin);
    document.querySelector("[data-do=assist]").hidden = !data.pin || !isOpen();
  }
}

const DOES = {
  start: () => {
    device.widen();
    begin(false);
  },
  assist: () => begin(true),
  language: (button) => change(button.dataset.language),
  back: () => back(),
  next: () => anew(),
  longer: () => (ticks = THANKS * 2),
  stay: (button) => {
    button.closest("dialog").close();
    ticks = 0;
  },
  restart: () => at("leave").showModal(),
  staff: () => staff(),
  send: () => sender.hurry(),
  exit: () => {
    person = null;
    if (document.fullscreenElement) document.exitFullscreen();
    show("thoat");
  },
  reenter: () => {
    device.widen();
    anew();
  },
};

// ---------- hands ----------

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) DOES[button.dataset.do]?.(button);
  const link = event.target.closest("a[href^='#']");
  if (!link || link.classList.contains("govuk-skip-link")) return;
  event.preventDefault();
  const to = at(link.hash.slice(1));
  if (to?.tagName === "SECTION") {
    leave();
    person.origin = screen;
    show(to.id.slice(5));
  } else if (link.dataset.page) {
    leave();
    person.isCorrecting = true;
    show(link.dataset.page);
    to.scrollIntoView();
    to.querySelector("input, select, textarea")?.focus({ preventScroll: true });
  } else {
    to?.scrollIntoView({ block: "center" });
    to?.focus({ preventScroll: true });
  }
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "form") next();
});

document.addEventListener("click", (event) => {
  const box = event.target.closest(".prompt");
  if (!box) return;
  if (event.target.closest("[data-keep]")) {
    box.hidden = true;
    next();
  } else if (event.target.closest("[data-review]")) {
    box.hidden = true;
    at(box.dataset.criterion).scrollIntoView();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.id === "idle-seconds") {
    quiet = Number(event.target.value);
    store.set("quiet", quiet);
    return;
  }
  answers.oneKind(event.target);
  if (screen === "thong-tin") bringUp();
});

document.addEventListener("input", (event) => {
  answers.oneKind(event.target);
  if (event.target.dataset.maxlength) answers.length(event.target, data.words, language);
});

for (const kind of ["pointerdown", "keydown", "scroll", "input", "wheel", "touchmove"])
  addEventListener(kind, touched, { capture: true, passive: true });

// Closed by its button or by a key: somebody is there.
document.addEventListener("close", () => (ticks = 0), true);

addEventListener("popstate", () => {
  device.hold();
  if (isForm(screen)) back();
  else anew();
});

addEventListener("pageshow", (event) => {
  if (event.persisted) anew();
});

async function open() {
  // Without a safe connection nothing can be kept: the usual form serves there.
  if (!isSecureContext || !navigator.serviceWorker || !navigator.locks) {
    location.replace(`${base}/gioi-thieu`);
    return;
  }
  await loaded();
  store = await Store.open(`kiosk:${base}`);
  quiet = (await store.get("quiet")) ?? QUIET;
  skew = (await store.get("skew")) ?? 0;
  sender = new Sender(store, `${base}/kiosk`, changed);
  device.hold();
  anew();
  setInterval(tick, 1_000);
  navigator.storage?.persist?.();
  document.documentElement.dataset.ready = "yes";
  sender.hurry();
  // Where nothing can be kept for a start without a network, it serves with one.
  await device.settle(base).catch(() => {});
}

open();
