// Opens a ticket from the code in the address's fragment, which never reaches a server's log, and takes it out of the history.
(() => {
  const form = document.getElementById("code-form");
  if (!form) return;
  const field = document.getElementById("code");

  // Coming back by the browser's own memory must not show a code typed before.
  addEventListener("pagehide", () => form.reset());

  const open = () => {
    const code = location.hash.slice(1);
    if (!/^[0-9A-Za-z-]{26,40}$/.test(code)) return;
    history.replaceState(null, "", location.pathname);
    field.value = code;
    form.submit();
  };
  addEventListener("hashchange", open);
  open();
})();
