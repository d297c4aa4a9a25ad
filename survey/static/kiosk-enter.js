// The link of a kiosk opened by its own address: on to the page that fills the screen,
// where the tablet can serve it. Elsewhere the usual form below stays.

const isDoor = !location.pathname.endsWith("/gioi-thieu");
if (isDoor && isSecureContext && navigator.serviceWorker && navigator.locks)
  location.replace(`${location.pathname}/kiosk`);
