// Small comforts for every page; each page is whole without them. Nothing is stored.
(() => {
  const say = (id, text) => {
    const line = document.getElementById(id);
    if (line) line.textContent = text;
  };

  const select = (node) => {
    if (node.select) {
      node.focus();
      node.select();
      return;
    }
    const range = document.createRange();
    range.selectNodeContents(node);
    const selection = getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  };

  // A code shown in groups is copied with hyphens, an address as it is.
  const textOf = (node) => (node.value ?? [...node.children].map((group) => group.textContent.trim()).join("-"));

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const node = document.getElementById(button.dataset.copy);
      try {
        await navigator.clipboard.writeText(textOf(node));
        say(button.dataset.said, "コピーしました。");
      } catch {
        // No clipboard without https, or refused: leave it selected for the reader.
        select(node);
        say(button.dataset.said, "えらんだ状態にしました。長押しか Ctrl+C でコピーしてください。");
      }
    });
  }

  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  // A form given back with mistakes: start at the summary.
  document.getElementById("errors")?.focus();
})();
