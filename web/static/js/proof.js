// Does what the server asks for before it gives a seat, in the background, and sends the form by itself. Without a worker it waits, as the reader would.
(() => {
  const form = document.getElementById("proof-form");
  if (!form) return;
  const words = document.getElementById("proof-words");
  const progress = document.getElementById("proof-progress");
  const button = form.querySelector("button");
  const proof = form.elements.namedItem("proof");
  const { token, worker: source } = form.dataset;
  const bits = Number(form.dataset.bits);
  const puzzles = Number(form.dataset.puzzles);
  const began = performance.now();
  const left = (seconds) => Number(seconds) - (performance.now() - began) / 1000;

  const say = (text) => {
    if (words.textContent !== text) words.textContent = text;
  };
  const lengthOf = (seconds) => (seconds < 90 ? `${Math.ceil(seconds)}秒` : `${Math.round(seconds / 60)}分`);

  let sent = false;
  const send = (value) => {
    if (sent) return;
    sent = true;
    proof.value = value;
    say("申し込んでいます。");
    form.submit();
  };

  // Sends when the moment has come; a page that slept meanwhile looks again.
  const sendAfter = (seconds, value) => {
    const look = () => {
      const rest = left(seconds);
      if (rest <= 0) return send(value);
      say(`あと${lengthOf(rest > 20 ? Math.ceil(rest / 10) * 10 : rest)}ほどで、自動で申し込みます。この画面を開いたまま、お待ちください。`);
      setTimeout(look, Math.min(rest * 1000 + 200, 1000));
    };
    look();
  };

  button.hidden = true;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
  });
  if (!bits || !window.Worker) {
    sendAfter(form.dataset.waitIn, token);
    return;
  }

  progress.hidden = false;
  say("お使いの端末が、席をとる準備をしています。終わると、自動で申し込みます。");
  let worker;
  const fallBack = () => {
    worker?.terminate();
    progress.hidden = true;
    sendAfter(form.dataset.waitIn, token);
  };
  try {
    worker = new Worker(source);
  } catch {
    fallBack();
    return;
  }
  worker.addEventListener("error", fallBack);
  worker.addEventListener("message", ({ data }) => {
    progress.value = data.length;
    if (data.length < puzzles) return;
    worker.terminate();
    sendAfter(form.dataset.workIn, `${token}~${data.join(".")}`);
  });
  worker.postMessage({ token, bits, puzzles });
})();
