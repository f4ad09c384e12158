// Opens a code on paper from the address's fragment, which never reaches a server's log, and takes it out of the history.
(() => {
  const form = document.getElementById("paper-code-form");
  if (!form) return;
  const field = document.getElementById("paper-code");
  addEventListener("pagehide", () => form.reset());
  const open = () => {
    const code = location.hash.slice(1);
    if (!/^[0-9A-Za-z-]{12,20}$/.test(code)) return;
    history.replaceState(null, "", location.pathname);
    field.value = code;
    form.submit();
  };
  addEventListener("hashchange", open);
  open();
})();
