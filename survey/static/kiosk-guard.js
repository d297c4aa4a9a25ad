// The PIN of the device, checked without a network: whoever tries often has to wait, also
// after the page was opened anew.

const FREE_TRIES = 5;
const SHORTEST = 30_000;
const LONGEST = 3_600_000;

async function digestOf(pin, { salt, iterations }) {
  const bytes = Uint8Array.from(salt.match(/../g), (two) => parseInt(two, 16));
  const key = await crypto.subtle.importKey(
    "raw",
    new TextEncoder().encode(pin),
    "PBKDF2",
    false,
    ["deriveBits"],
  );
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: bytes, iterations },
    key,
    256,
  );
  return Array.from(new Uint8Array(bits), (one) => one.toString(16).padStart(2, "0")).join("");
}

export function guard(store, data) {
  let isAsking = false;

  // Whether a typed PIN is right, or how many milliseconds one has to wait.
  async function check(typed) {
    const tries = (await store().get("tries")) ?? { count: 0, until: 0 };
    // A clock that was set back must not lock the staff out for good.
    const wait = Math.min(tries.until - Date.now(), LONGEST);
    if (wait > 0) return wait;
    // Counted before it is looked at: closing the page gives no further try.
    const count = tries.count + 1;
    const over = count - FREE_TRIES;
    const pause = over < 0 ? 0 : Math.min(SHORTEST * 2 ** over, LONGEST);
    await store().set("tries", { count, until: Date.now() + pause });
    if ((await digestOf(typed, data().pin)) !== data().pin.digest) return false;
    await store().set("tries", { count: 0, until: 0 });
    return true;
  }

  function ask() {
    const dialog = document.getElementById("pin");
    const field = document.getElementById("pin-typed");
    const error = document.getElementById("pin-error");
    field.value = error.textContent = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.onclose = () => resolve(false);
      dialog.querySelector("form").onsubmit = async () => {
        if (isAsking) return;
        isAsking = true;
        const found = await check(field.value);
        isAsking = false;
        field.value = "";
        if (found === true) {
          resolve(true);
          dialog.close();
          return;
        }
        const { wrong_pin, locked } = data().words;
        const seconds = Math.ceil(found / 1000);
        error.textContent = found ? locked.replace("{seconds}", seconds) : wrong_pin;
        field.focus();
      };
    });
  }

  return { ask };
}
