// The tablet itself: its full screen, its way back, and the page kept for a start without
// a network.

// Another state of this page waits on the server: fetched now, taken up while nobody
// answers.
let registration;
let stale = false;
let known = "";
export function renew(version) {
  if (!registration || !version || version === known) return;
  if (known) registration.update().catch(() => {});
  known = version;
}

export async function settle(base) {
  const { serviceWorker } = navigator;
  let isFirst = !serviceWorker.controller;
  serviceWorker.addEventListener("controllerchange", () => {
    stale = !isFirst;
    isFirst = false;
  });
  registration = await serviceWorker.register(`${base}/kiosk/sw.js`, {
    scope: `${base}/kiosk`,
  });
}

export const isStale = () => stale;

export function widen() {
  document.documentElement.requestFullscreen?.().catch(() => {});
}

// The browser's way back leads through one's own form and never out of this page: all
// that lies behind it is the page itself, without an answer.
export function hold() {
  if (history.state !== "kiosk") history.pushState("kiosk", "");
}
