// The phone at the door. The day link comes in the address's fragment, or is typed, and goes to the API in a header only. What is counted is kept on this
// phone, each tap under an id of its own, until the server has it; all of it goes when the day is over. Nothing of the people who come is kept.
(() => {
  const root = document.querySelector("[data-door]");
  const blank = document.getElementById("door-blank");
  if (!root || !blank) return; // opened by the forms, which need no script
  const entry = root.querySelector("[data-door-link]");
  const form = document.getElementById("link-form");
  const find = (name, inside = root) => inside.querySelector(`[data-door-${name}]`);

  // What stays on the phone, by key:
  //   now                   the token that is open
  //   link:TOKEN            its door, as last heard
  //   tap:PART:ID           a tap that was not sent, with when its day is over
  //   slot:SLOT             how many sit in a slot for walk-ins, not sent either
  //   in:TOKEN:DIGITS       a day code that was shown while there was no network
  //   unknown:TOKEN         such codes that turned out to be nobody's
  const prefix = "tonarimachi-door:";
  const memory = new Map(); // where a browser keeps nothing, or is full
  const shelf = {
    get: (key) => memory.get(key) ?? (() => { try { return localStorage.getItem(prefix + key); } catch { return null; } })(),
    set: (key, value) => { try { localStorage.setItem(prefix + key, value); memory.delete(key); } catch { memory.set(key, value); } },
    drop: (key) => { memory.delete(key); try { localStorage.removeItem(prefix + key); } catch { /* nothing was kept */ } },
    keys: (start) => {
      const kept = [...memory.keys()];
      try { kept.push(...Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length))); } catch { /* as above */ }
      return kept.filter((key) => key.startsWith(start));
    },
  };
  const now = () => shelf.get("now");
  const doorOf = (token) => JSON.parse(shelf.get("link:" + token) ?? "null");
  const remember = (token, door) => shelf.set("link:" + token, JSON.stringify(door));
  const tapsOf = (part) => shelf.keys(`tap:${part}:`).map((key) => ({ key, id: key.split(":")[2], delta: parseInt(shelf.get(key), 10) })).filter((tap) => tap.delta);
  const codesOf = (token) => shelf.keys(`in:${token}:`).map((key) => ({ key, digits: key.split(":")[2] }));
  const unknownTo = (token) => JSON.parse(shelf.get("unknown:" + token) ?? "[]");

  class Refused extends Error {
    constructor(problem) {
      super(problem.detail);
      this.code = problem.code;
    }
  }
  // Paused: for some minutes no six digits are judged, since many that were shown were nobody's.
  class Paused extends Error {}
  const ask = async (path, token, body, method = body ? "POST" : "GET") => {
    const answer = await fetch("/api/v1/door" + path, {
      method, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(10000),
      headers: { Authorization: "Door " + token, "Accept-Language": "ja", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
    });
    if (answer.ok) return answer.json();
    if (answer.status >= 500) throw new Error("not now");
    const problem = await answer.json();
    if (problem.code === "door_codes_paused") throw new Paused(problem.detail);
    if (answer.status === 429) throw new Error("not now");
    throw new Refused(problem);
  };

  // look gives the date as it stands, with its slots where it has any.
  const look = async (token) => {
    const door = await ask("", token);
    const slots = door.parts.some((part) => part.reservation === "slot") ? (await ask("/slots", token)).items : [];
    return { ...door, slots };
  };

  const moment = (options) => { const f = new Intl.DateTimeFormat("ja-JP", { timeZone: "Asia/Tokyo", ...options }); return (iso) => f.format(new Date(iso)); };
  const day = moment({ month: "long", day: "numeric", weekday: "short" });
  const hour = moment({ hour: "numeric", minute: "2-digit" });
  const bands = { available: ["余裕あり", "good"], few: ["残りわずか", "few"], full: ["満席", "full"] };
  const badge = (word, tone) => {
    const node = document.createElement("span");
    node.className = "badge badge-" + tone;
    node.textContent = word;
    return node;
  };
  const notice = (tone, ...lines) => {
    const box = document.createElement("div");
    box.className = "notice notice-" + tone;
    const words = document.createElement("div");
    lines.forEach((line, i) => {
      const p = document.createElement("p");
      if (i === 0) p.className = "notice-title";
      p.textContent = line;
      words.append(p);
    });
    box.append(words);
    return box;
  };
  const say = (tone, ...lines) => find("said").replaceChildren(...(lines.length ? [notice(tone, ...lines)] : []));

  const tables = doorSlots({
    shelf, ask, find, badge, hour,
    changed: (id, delta) => {
      const door = doorOf(now());
      tables.mark(door.slots.find((slot) => slot.id === id), delta, door.closes_at);
      navigator.vibrate?.(20);
      paint();
      sync();
    },
    refused: (words) => say("stop", words),
  });
  const slotsOf = (door) => door?.slots ?? []; // a door that was kept by an earlier version has none

  // ---- Showing

  let panel = null;
  let connected = true;
  let last = null; // what was shown last, for taking it back: in this page's memory only
  const undone = new Map(); // part → taps that can be taken back

  const count = (part) => Math.max(0, part.count + tapsOf(part.id).reduce((sum, tap) => sum + tap.delta, 0));

  // Nobody leaves an empty room; but without network another phone may have counted who leaves now.
  const nobody = (part) => connected && count(part) === 0;

  const paint = () => {
    const token = now();
    const door = token && doorOf(token);
    if (!panel || !door) return;
    find("offline").hidden = connected;
    const waiting = door.parts.reduce((n, part) => n + tapsOf(part.id).length, 0) + codesOf(token).length + tables.unsent(slotsOf(door)).length;
    find("state").textContent = waiting ? `まだ送っていない操作が${waiting}件あります。` : "数えた分は、すべて送りました。";
    const unknown = unknownTo(token);
    find("unknown").hidden = unknown.length === 0;
    find("unknown-list").textContent = unknown.join("、");
    for (const part of door.parts) {
      const box = root.querySelector(`[data-door-part="${part.id}"]`);
      if (!box) continue;
      const people = count(part);
      find("count", box).textContent = people;
      find("fits", box).textContent = part.capacity ? `${part.capacity}人まで` : "";
      find("band", box).replaceChildren(...(bands[part.band] ? [badge(...bands[part.band])] : []));
      find("arrivals", box).textContent = part.taken || part.arrived ? `予約した人のうち、受付がすんだ人 ${part.arrived}人（席は${part.taken}）` : "";
      box.querySelector(".door-less").disabled = nobody(part);
      find("back", box).hidden = !undone.get(part.id)?.length;
      tables.paint(box, slotsOf(door).filter((slot) => slot.part_id === part.id));
    }
  };

  const show = (door) => {
    const fresh = blank.content.cloneNode(true);
    const shape = find("part", fresh);
    find("title", fresh).textContent = door.title;
    find("time", fresh).textContent = `${day(door.starts_at)} ${hour(door.starts_at)}〜${hour(door.ends_at)}`;
    find("closes", fresh).textContent = `${day(door.closes_at)}${hour(door.closes_at)}`;
    find("codes", fresh).hidden = door.parts.every((part) => part.reservation === "none");
    const boxes = door.parts.map((part) => {
      const box = shape.cloneNode(true);
      const heading = box.querySelector("h2");
      box.dataset.doorPart = part.id;
      heading.id = "door-part-" + part.id;
      box.setAttribute("aria-labelledby", heading.id);
      if (part.name) {
        find("name", box).textContent = part.name;
        find("span", box).textContent = `${hour(part.starts_at)}〜${hour(part.ends_at)}`;
      }
      find("counted", box).textContent = part.reservation === "none" ? blank.dataset.all : blank.dataset.walk;
      tables.show(box, part.id, slotsOf(door).filter((slot) => slot.part_id === part.id));
      find("taps", box).addEventListener("submit", (event) => {
        event.preventDefault();
        tap(part.id, parseInt(event.submitter.value, 10), true);
      });
      find("back", box).addEventListener("click", () => {
        const delta = undone.get(part.id)?.pop();
        if (delta) tap(part.id, -delta, false);
      });
      return box;
    });
    shape.replaceWith(...boxes);
    panel?.remove();
    entry.hidden = true;
    root.append(fresh);
    panel = find("panel");
    listen();
    paint();
  };

  const refuse = (...lines) => {
    panel?.remove();
    panel = null;
    entry.hidden = false;
    root.querySelector("[data-door-refused]")?.remove();
    const box = notice("stop", ...lines);
    box.dataset.doorRefused = "";
    box.setAttribute("role", "alert");
    form.before(box);
  };

  // ---- Counting

  // crypto.randomUUID is for https alone; a phone may reach a test server by its address.
  const uuid = () => {
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  const tap = (part, delta, canUndo) => {
    const door = doorOf(now());
    if (delta < 0 && nobody(door.parts.find((p) => p.id === part))) return;
    shelf.set(`tap:${part}:${uuid()}`, `${delta} ${door.closes_at}`);
    if (canUndo) undone.set(part, [...(undone.get(part) ?? []), delta].slice(-50));
    navigator.vibrate?.(20);
    paint();
    sync();
  };

  // ---- Arriving

  const outcomes = {
    arrived: ["good", "受付しました。"], already: ["few", "この番号は、もう受付がすんでいます。"], undone: ["info", "受付を取り消しました。"], not_counted: ["info", "この番号は、まだ受付していません。"],
  };
  const tell = (done) => {
    const [tone, words] = outcomes[done.outcome];
    say(tone, `${words}${done.seats}人です`, ...(done.channel === "online" ? ["オンラインの席の番号です。"] : []));
  };
  const canUndo = (shown) => {
    last = shown;
    find("undo").hidden = !shown;
  };

  const checkIn = async (shown) => {
    const token = now();
    try {
      const done = await ask("/check-ins", token, shown);
      tell(done);
      canUndo(shown);
      connected = true;
      sync();
    } catch (failure) {
      canUndo(null);
      if (failure instanceof Refused) {
        say("stop", failure.message);
        if (failure.code.startsWith("door_link") || failure.code === "door_closed") sync();
        return;
      }
      connected = failure instanceof Paused;
      if (shown.day_code && connected) {
        shelf.set(`in:${token}:${shown.day_code}`, doorOf(token).closes_at);
        say("few", failure.message, "このままお通しください。番号はこの端末に残し、あとで確かめます。");
        canUndo({ ...shown, kept: true });
      } else if (shown.day_code) {
        shelf.set(`in:${token}:${shown.day_code}`, doorOf(token).closes_at);
        say("few", "つながっていないので、あとで確かめます。", "このままお通しください。番号はこの端末に残しました。");
        canUndo({ ...shown, kept: true });
      } else {
        say("few", "参加票の長い番号は、つながっているときだけ受付できます。", "6けたの番号を聞くか、＋1で数えてください。");
      }
      paint();
    }
  };

  const takeBack = async () => {
    const token = now();
    const { kept, ...shown } = last;
    if (kept && shelf.keys(`in:${token}:${shown.day_code}`).length) {
      shelf.drop(`in:${token}:${shown.day_code}`);
      say("info", "受付を取り消しました。");
      canUndo(null);
      paint();
      return;
    }
    try {
      tell(await ask("/check-ins/undo", token, shown));
      canUndo(null);
      sync();
    } catch (failure) {
      say("stop", failure instanceof Refused || failure instanceof Paused ? failure.message : "つながっていないので、取り消せませんでした。つながってから、もういちど押してください。");
    }
  };

  const readTyped = (typed) => {
    const plain = typed.normalize("NFKC").replace(/[\s\p{Pd}]/gu, "");
    if (/^[0-9]{6}$/.test(plain)) return { day_code: plain };
    return /^[0-9A-Za-z]{26}$/.test(plain) ? { secret: plain } : null;
  };

  // The forms of a door that was just shown.
  const listen = () => {
    const digits = document.getElementById("door-code");
    find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const shown = readTyped(digits.value);
      if (!shown) {
        say("stop", "6けたの番号を入れてください。");
        return;
      }
      digits.value = "";
      checkIn(shown);
    });
    find("keys").hidden = false;
    find("keys").addEventListener("click", (event) => {
      const key = event.target.closest("button")?.value;
      if (!key) return;
      if (key === "clear") digits.value = "";
      else if (key === "back") digits.value = digits.value.slice(0, -1);
      else digits.value = (digits.value + key).slice(0, 6);
    });
    find("undo").addEventListener("click", () => last && takeBack());
    doorCamera({ reader: root.dataset.reader, find, say, readTyped, checkIn });
  };

  // ---- Sending, and forgetting

  const forget = async (token, words) => {
    const door = doorOf(token);
    const unsent = (door?.parts ?? []).flatMap((part) => tapsOf(part.id));
    const people = unsent.reduce((sum, tap) => sum + tap.delta, 0);
    for (const { key } of [...unsent, ...codesOf(token)]) shelf.drop(key);
    for (const slot of tables.unsent(slotsOf(door))) shelf.drop("slot:" + slot.id);
    shelf.drop("unknown:" + token);
    shelf.drop("link:" + token);
    if (now() === token) {
      shelf.drop("now");
      refuse(words, "この端末に残っていたものは消しました。", ...(unsent.length ? [`送れなかった操作が${unsent.length}件ありました（合わせて${people}人）。担当者に伝えてください。`] : []));
    }
    if (shelf.keys("link:").length) return;
    for (const key of shelf.keys("")) shelf.drop(key);
    await window.caches?.delete("door");
    const worker = await navigator.serviceWorker?.getRegistration("/door");
    if (worker?.scope === location.origin + "/door") await worker.unregister();
  };

  const send = async (token) => {
    const door = doorOf(token);
    for (const part of door.parts) {
      for (let taps = tapsOf(part.id); taps.length; taps = tapsOf(part.id)) {
        const some = taps.slice(0, 250); // within 16 KiB
        const heard = await ask(`/parts/${part.id}/taps`, token, { taps: some.map(({ id, delta }) => ({ id, delta })) });
        for (const { key } of some) shelf.drop(key);
        Object.assign(part, heard);
        remember(token, door);
        if (token === now()) paint();
      }
    }
    if (tables.unsent(slotsOf(door)).length) {
      await tables.send(token, slotsOf(door));
      remember(token, door);
    }
    for (const { key, digits } of codesOf(token)) {
      try {
        await ask("/check-ins", token, { day_code: digits });
      } catch (failure) {
        if (failure instanceof Paused) break; // the others are asked for when it is over
        if (!(failure instanceof Refused) || !failure.code.startsWith("door_ticket")) throw failure;
        shelf.set("unknown:" + token, JSON.stringify([...unknownTo(token), digits]));
      }
      shelf.drop(key);
    }
    remember(token, await look(token));
  };

  const sendAll = async () => {
    for (const token of shelf.keys("link:").map((key) => key.slice(5))) {
      try {
        await send(token);
        connected = true;
      } catch (failure) {
        if (failure instanceof Refused && failure.code === "door_closed") {
          await forget(token, failure.message);
        } else if (failure instanceof Refused && failure.code === "door_link_not_accepted") {
          // What was counted stays for the link that comes instead: it has the same parts.
          shelf.drop("link:" + token);
          if (now() === token) {
            shelf.drop("now");
            refuse(failure.message, "数えた分は残っています。新しいリンクで開くと送られます。");
          }
        } else if (!(failure instanceof Refused)) {
          connected = false;
          // A day after the end nothing can be sent any more, whatever the clock of this phone says of the minute.
          if (Date.now() > Date.parse(doorOf(token).closes_at) + 86400000) await forget(token, "この日の受付は終わりました。");
        }
      }
    }
    paint();
  };

  let running = null;
  let wanted = false;
  const sync = () => {
    wanted = true;
    running ??= (async () => {
      while (wanted) {
        wanted = false;
        await sendAll();
      }
      running = null;
    })();
  };

  // ---- Starting

  const start = async (token) => {
    try {
      remember(token, await look(token));
    } catch (failure) {
      if (failure instanceof Refused) {
        refuse(failure.message);
        return;
      }
      connected = false;
      if (!doorOf(token)) {
        refuse("つながっていないので、まだはじめられません。", "一度つながるところで開くと、そのあとはつながらなくても使えます。");
        return;
      }
    }
    shelf.set("now", token);
    root.querySelector("[data-door-refused]")?.remove();
    show(doorOf(token));
    navigator.serviceWorker?.register("/door/worker.js", { scope: "/door" }).catch(() => { /* then it opens with a network only */ });
    sync();
  };

  const read = (typed) => typed.trim().match(/^(?:.*#)?([0-9A-Za-z -]{26,40})$/)?.[1].replace(/[ -]/g, "").toUpperCase();
  const fromAddress = () => {
    const token = read(location.hash.slice(1));
    if (!token) return false;
    history.replaceState(null, "", location.pathname);
    start(token);
    return true;
  };
  form.addEventListener("submit", (event) => {
    const token = read(form.elements.link.value);
    if (!token) return; // the server says what is wrong with it
    event.preventDefault();
    form.reset();
    start(token);
  });
  addEventListener("hashchange", fromAddress);
  addEventListener("online", sync);
  addEventListener("offline", () => { connected = false; paint(); });
  addEventListener("storage", paint);
  addEventListener("pagehide", () => form.reset());
  setInterval(() => document.visibilityState === "visible" && sync(), 10000);

  // Of a link that was revoked and followed by no other.
  for (const key of [...shelf.keys("tap:"), ...shelf.keys("slot:"), ...shelf.keys("in:")]) {
    if (Date.now() > Date.parse(shelf.get(key).split(" ").pop()) + 86400000) shelf.drop(key);
  }
  if (!fromAddress() && now() && doorOf(now())) {
    show(doorOf(now()));
    sync();
  }
})();
