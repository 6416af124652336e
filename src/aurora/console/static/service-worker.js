// What the console does while it is closed: show alerts, take the answer to one, and say so when it
// is offline. Everything but that is the network's: an old page of an emergency is worse than none.
const OFFLINE = "/console/offline";
const SHELF = "offline-1";
const NEEDED = [OFFLINE, "/static/base.css", "/static/console.css", "/static/phone.css", "/static/offline.js", "/static/icon.svg"];
const SENT_WITHIN_MS = 8_000;

self.addEventListener("install", (event) => {
  const fill = async () => {
    const shelf = await caches.open(SHELF);
    await shelf.addAll(NEEDED.map((address) => new Request(address, { cache: "reload" })));
    await self.skipWaiting();
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name !== SHELF) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (request.method === "GET" && isOfOfflinePage(request)) {
    event.respondWith(fetch(request).catch(() => caches.match(request.url)));
  }
});

function isOfOfflinePage(request) {
  const { origin, pathname } = new URL(request.url);
  return origin === self.location.origin && NEEDED.includes(pathname);
}

self.addEventListener("push", (event) => {
  const alert = event.data.json();
  event.waitUntil(show(alert));
});

function show(alert, body = alert.body) {
  const buttons = Object.entries(alert.buttons ?? {});
  return self.registration.showNotification(alert.title, {
    body,
    lang: alert.language,
    tag: alert.incident,
    renotify: true,
    requireInteraction: alert.is_urgent,
    timestamp: alert.at,
    icon: "/static/icon-192.png",
    badge: "/static/badge.png",
    vibrate: alert.is_urgent ? [600, 200, 600, 200, 600] : [200],
    actions: buttons.map(([action, title]) => ({ action, title })),
    data: alert,
  });
}

self.addEventListener("notificationclick", (event) => {
  const alert = event.notification.data;
  const isAnswer = alert.answer && event.action in (alert.buttons ?? {});
  event.notification.close();
  event.waitUntil(isAnswer ? answer(alert, event.action) : open(alert));
});

// Only what the line has recorded is told as recorded.
async function answer(alert, action) {
  const body = new URLSearchParams({ answer: action, form: alert.form });
  let isRecorded = false;
  try {
    const signal = AbortSignal.timeout(SENT_WITHIN_MS);
    isRecorded = (await fetch(alert.answer, { method: "POST", body, signal })).ok;
  } catch {
    // Offline, or too slow: the same notification says so, with its buttons.
  }
  if (!isRecorded) return show(alert, `${alert.not_recorded}\n${alert.body}`);
  return show({ ...alert, buttons: {}, is_urgent: false }, alert.recorded[action]);
}

// The incident's page for whoever is signed in; for others the signed page, which asks for no
// password at three in the morning.
async function open(alert) {
  let address = alert.page;
  if (alert.answer) {
    const page = await fetch(alert.page, { redirect: "manual" }).catch(() => null);
    if (!page?.ok) address = alert.answer;
  }
  for (const window of await self.clients.matchAll({ type: "window" })) {
    if (new URL(window.url).pathname === address) return window.focus();
  }
  return self.clients.openWindow(address);
}
