// Shows what was pushed: neutral words, a neutral picture, and the page where a code is typed. It keeps nothing and sees no page.
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data?.json() ?? {};
  } catch {
    // Not ours, or cut off: the usual words will do.
  }
  event.waitUntil(self.registration.showNotification(said.title || "お申し込みの予定について", {
    body: said.body || "お知らせがあります。", lang: "ja", tag: "oshirase", renotify: true,
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/t"));
});
