// Answers for the server with what was kept, so that the tablet can be started without
// a network. VERSION and FILES stand above, written by the server: a change of any file
// is a new version, kept whole or not at all.

const PREFIX = VERSION.slice(0, VERSION.lastIndexOf(":"));
const kept = new Set(FILES);

addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(VERSION);
    await cache.addAll(
      FILES.map((one) => new Request(one, { cache: "no-cache", credentials: "omit" })),
    );
    await skipWaiting();
  };
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(`${PREFIX}:`) && name !== VERSION) await caches.delete(name);
    }
    await clients.claim();
  };
  event.waitUntil(tidy());
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname, search } = new URL(url);
  if (method !== "GET" || origin !== location.origin || !kept.has(pathname + search)) return;
  const answer = async () => {
    const cache = await caches.open(VERSION);
    return (await cache.match(pathname + search)) ?? fetch(event.request);
  };
  event.respondWith(answer());
});
