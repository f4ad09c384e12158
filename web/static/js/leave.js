// The quick way out: a click, or Esc three times. Runs before anything is shown, so that no page is seen again after its reader left.
(() => {
  const neutral = "/koyomi";
  let gone = false;

  const empty = () => {
    gone = true;
    for (const form of document.forms) form.reset();
    document.title = "";
    document.documentElement.hidden = true;
    document.body?.replaceChildren();
  };

  const leave = () => {
    empty();
    location.replace(neutral + "?leave=1");
  };

  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-leave]")) return;
    event.preventDefault();
    leave();
  });

  let presses = 0;
  let last = 0;
  addEventListener("keydown", (event) => {
    // Esc also ends the choice of characters while typing Japanese; a key held down is one press.
    if (event.key !== "Escape" || event.isComposing || event.repeat) {
      presses = 0;
      return;
    }
    if (gone) {
      event.preventDefault(); // Esc would stop the next page from loading
      return;
    }
    presses = event.timeStamp - last < 1000 ? presses + 1 : 1;
    last = event.timeStamp;
    if (presses < 3) return;
    event.preventDefault();
    leave();
  }, true);

  // Gone back to: an entry further on in this tab's history says that the reader left.
  const check = () => {
    const here = window.navigation?.currentEntry?.index ?? -1;
    if (here < 0 || !navigation.entries().slice(here + 1).some((entry) => entry.getState()?.left)) return;
    empty();
    location.replace(neutral);
  };
  check();
  addEventListener("pageshow", (event) => event.persisted && check());
})();
