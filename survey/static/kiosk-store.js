// What a kiosk keeps on its tablet: forms that wait for the network, each until the
// server has acknowledged it; receipts given ahead; a few numbers of the device itself.

const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 300_000;
const PATIENCE = 30_000;
const ENOUGH = 60;
const MOST = 120;
const CIPHER = "AES-GCM";
const IV_BYTES = 12;

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export class Store {
  static async open(name) {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("queue", { keyPath: "key" });
      opening.result.createObjectStore("receipts", { keyPath: "key" });
      opening.result.createObjectStore("device");
    };
    const store = new Store(await done(opening));
    await store.#takeSeal();
    return store;
  }

  constructor(database) {
    this.database = database;
  }

  // Runs `work` in one transaction: all of it is kept, on the disk, or nothing.
  async #within(names, work) {
    const transaction = this.database.transaction(names, "readwrite", {
      durability: "strict",
    });
    const ended = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    const found = await work((name) => transaction.objectStore(name));
    await ended;
    return found;
  }

  // What waits is sealed with a key that no script can read out: a copy of the files of
  // the device shows no answer. Whoever may open the page on it holds the key too.
  async #takeSeal() {
    const fresh = await crypto.subtle.generateKey({ name: CIPHER, length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]);
    this.seal = await this.#within(["device"], async (store) => {
      const kept = await done(store("device").get("seal"));
      if (!kept) store("device").put(fresh, "seal");
      return kept ?? fresh;
    });
  }

  async #sealed(form) {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const text = new TextEncoder().encode(JSON.stringify(form));
    return { iv, sealed: await crypto.subtle.encrypt({ name: CIPHER, iv }, this.seal, text) };
  }

  // One that cannot be opened is told to staff as one that the server refused.
  async #opened({ key, iv, sealed, refused, ...plain }) {
    if (!sealed) return { ...plain, key, refused }; // kept by an earlier version
    try {
      const text = await crypto.subtle.decrypt({ name: CIPHER, iv }, this.seal, sealed);
      return { ...JSON.parse(new TextDecoder().decode(text)), key, refused };
    } catch {
      return { key, refused: refused ?? "sealed" };
    }
  }

  // Puts a form into the queue under a key given ahead; its receipt, or "" without one.
  async keep(form) {
    const sealed = await this.#sealed(form); // before: a transaction waits for nothing else
    return this.#within(["queue", "receipts"], async (store) => {
      const [given] = await done(store("receipts").getAll(null, 1));
      const random = crypto.getRandomValues(new Uint8Array(24));
      const own = Array.from(random, (one) => one.toString(16).padStart(2, "0")).join("");
      if (given) store("receipts").delete(given.key);
      store("queue").add({ ...sealed, key: given?.key ?? own });
      return given?.receipt ?? "";
    });
  }

  async queue() {
    const kept = await this.#within(["queue"], (store) => done(store("queue").getAll()));
    return Promise.all(kept.map((one) => this.#opened(one)));
  }

  remove(key) {
    return this.#within(["queue"], async (store) => store("queue").delete(key));
  }

  refuse(key, status) {
    return this.#within(["queue"], async (store) => {
      const kept = await done(store("queue").get(key));
      if (kept) store("queue").put({ ...kept, refused: status });
    });
  }

  receipts() {
    return this.#within(["receipts"], (store) => done(store("receipts").count()));
  }

  addReceipts(pairs) {
    return this.#within(["receipts"], async (store) => {
      for (const [key, receipt] of pairs) store("receipts").put({ key, receipt });
    });
  }

  get(name) {
    return this.#within(["device"], (store) => done(store("device").get(name)));
  }

  set(name, value) {
    return this.#within(["device"], async (store) => store("device").put(value, name));
  }

  // A form that was begun and left: only that there was one, and on which day.
  abandon(day) {
    return this.#within(["device"], async (store) => {
      const days = (await done(store("device").get("abandoned"))) ?? {};
      store("device").put({ ...days, [day]: (days[day] ?? 0) + 1 }, "abandoned");
    });
  }

  // Taken out before they are sent: rather one lost than one counted twice.
  takeAbandoned() {
    return this.#within(["device"], async (store) => {
      const days = (await done(store("device").get("abandoned"))) ?? {};
      store("device").delete("abandoned");
      return days;
    });
  }
}

// Sends what waits, one form after the other, until each is acknowledged.
export class Sender {
  constructor(store, address, changed) {
    Object.assign(this, { store, address, changed });
    this.wait = FIRST_WAIT;
    this.standing = { isOnline: navigator.onLine, isOpen: true, version: "" };
    addEventListener("online", () => this.hurry());
    addEventListener("offline", () => this.#note({ isOnline: false }));
  }

  hurry() {
    this.wait = FIRST_WAIT;
    this.again = true;
    return this.run();
  }

  // Alone, though the page may be open twice; tries again by itself while any waits.
  run() {
    clearTimeout(this.timer);
    this.running ??= this.#alone().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  async #alone() {
    let isAway = false;
    do {
      this.again = false; // a form that comes meanwhile is sent at once
      isAway = await navigator.locks.request("kiosk", () => this.#all());
    } while (this.again && !isAway);
    this.wait = isAway ? Math.min(this.wait * 2, LONGEST_WAIT) : LONGEST_WAIT;
    this.timer = setTimeout(() => this.run(), this.wait);
  }

  async #all() {
    let isAway = false;
    try {
      for (const form of await this.store.queue()) {
        // One that the server fails on does not keep the others back.
        if (!form.refused) isAway = !(await this.#send(form)) || isAway;
      }
      await this.#ask();
    } catch {
      this.#note({ isOnline: false });
      return true;
    }
    this.#note({ isOnline: true });
    return isAway;
  }

  async #send(form) {
    const answer = await this.#fetch(this.address, form);
    if (answer.status === 429 || answer.status >= 500) return false;
    if (answer.ok) {
      const { receipt } = await answer.json();
      await this.store.remove(form.key);
      this.changed({ receipt, key: form.key });
    } else {
      await this.store.refuse(form.key, answer.status);
    }
    return true;
  }

  async #ask() {
    const short = (await this.store.receipts()) < ENOUGH ? MOST : 0;
    const answer = await this.#fetch(`${this.address}/trang-thai?so=${short}`);
    if (!answer.ok) {
      if ([404, 410].includes(answer.status)) this.#note({ isOpen: false });
      return;
    }
    const { version, now, receipts } = await answer.json();
    await this.store.set("skew", Date.parse(now) - Date.now());
    await this.store.addReceipts(receipts);
    this.#note({ isOpen: true, version });
    const abandoned = await this.store.takeAbandoned();
    if (Object.keys(abandoned).length) await this.#fetch(this.address, { abandoned });
  }

  // An answer of the server itself; whatever else comes back is no answer yet.
  async #fetch(address, body) {
    const answer = await fetch(address, {
      ...(body && { method: "POST", body: JSON.stringify(body) }),
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    // A portal or a gate of the network answers too, in HTML.
    const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
    if (!isOurs) throw new Error("not the server");
    return answer;
  }

  #note(found) {
    Object.assign(this.standing, found);
    this.changed({});
  }
}
