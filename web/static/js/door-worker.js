// Opens the door's page when there is no network: it keeps the page, which holds nothing of anybody, and the files that the page names. It is there only on
// phones that a day link was opened on, and js/door.js takes it away when the day is over.
const shelf = "door";
const page = "/door";

// keep stores a page with its files and drops the files of earlier versions.
const keep = async (answer) => {
  if (!answer.ok) return;
  const cache = await caches.open(shelf);
  const text = await answer.clone().text();
  const named = new Set(text.match(/\/static\/[^"#\s]+/g) ?? []);
  const kept = new Set((await cache.keys()).map((request) => new URL(request.url).pathname));
  await Promise.all([...named].filter((file) => !kept.has(file)).map((file) => cache.add(file)));
  await cache.put(page, answer);
  await Promise.all([...kept].filter((file) => file !== page && !named.has(file)).map((file) => cache.delete(file)));
};

self.addEventListener("install", (event) => {
  event.waitUntil(fetch(page).then(keep).then(() => self.skipWaiting()));
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

const open = async (event) => {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keep(answer.clone()));
    return answer;
  } catch (failure) {
    const kept = await caches.match(page);
    if (kept) return kept;
    throw failure;
  }
};

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && pathname === page) event.respondWith(open(event));
  else if (pathname.startsWith("/static/")) event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
