// Asks the browser for a push subscription when its button is pressed, and for nothing before. The page is whole without it.
(() => {
  const form = document.querySelector("form[data-push]");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return;
  form.hidden = false;
  const button = form.querySelector("button");
  const say = (text) => { form.querySelector("[role=status]").textContent = text; };

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const key = bytes(form.dataset.push);

  // A worker may be there from before, with another server's key.
  const subscribe = async (manager) => {
    const old = await manager.getSubscription();
    if (old && text(old.options.applicationServerKey) === form.dataset.push) return old;
    await old?.unsubscribe();
    return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  };

  const ready = (registration) => new Promise((resolve) => {
    const worker = registration.active ?? registration.waiting ?? registration.installing;
    if (worker.state === "activated") return resolve(registration);
    worker.addEventListener("statechange", () => { if (worker.state === "activated") resolve(registration); });
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") {
        say("通知が許可されていません。ブラウザの設定で変えられます。メールでも受けとれます。");
        return;
      }
      const registration = await ready(await navigator.serviceWorker.register("/notify/worker.js", { scope: "/notify/" }));
      const subscription = await subscribe(registration.pushManager);
      form.elements.endpoint.value = subscription.endpoint;
      form.elements.p256dh.value = text(subscription.getKey("p256dh"));
      form.elements.auth.value = text(subscription.getKey("auth"));
      form.submit();
    } catch {
      say("この端末では、通知を使えないようです。メールでも受けとれます。");
    } finally {
      button.disabled = false;
    }
  });
})();
