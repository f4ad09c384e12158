// A facility's day or week as a timeline. It shows what the table beside it says and only stands in its place while it is asked for; where anything fails, the
// table stays. The library comes with the first press, and sets styles by script alone, as the pages' policy wants it.
(() => {
  const root = document.querySelector("[data-timeline]");
  const table = document.querySelector("[data-timeline-table]");
  if (!root || !table) return;
  const button = root.querySelector("button");
  const said = root.querySelector("[data-timeline-said]");
  const place = root.querySelector("[data-timeline-place]");
  const { src, script, sheet, view, date, show, back, page, failed } = root.dataset;
  let drawn = false;

  const load = (tag, change) => new Promise((done, fail) => {
    const element = document.createElement(tag);
    change(element);
    element.onload = done;
    element.onerror = () => fail(new Error("not loaded"));
    document.head.append(element);
  });

  // The hours that some room has on these days, whole; days on which all is closed have none of their own.
  const hours = (spans) => {
    const own = spans.filter((span) => !span.start.endsWith("T00:00:00") || span.end.slice(0, 10) === span.start.slice(0, 10));
    const first = Math.min(9, ...own.map((span) => Number(span.start.slice(11, 13))));
    const last = Math.max(17, ...own.map((span) => (span.end.slice(0, 10) > span.start.slice(0, 10) ? 24 : Math.ceil(Number(span.end.slice(11, 13)) + Number(span.end.slice(14, 16)) / 60))));
    return { slotMinTime: `${first}:00:00`, slotMaxTime: `${last}:00:00` };
  };

  // The library calls its boxes a table without keeping a table's order. Whoever listens hears each time with its room and day instead.
  const plain = () => {
    place.querySelectorAll("*").forEach((part) => part.getAttributeNames().filter((name) => /^(role$|aria-(col|row))/.test(name)).forEach((name) => part.removeAttribute(name)));
    place.querySelectorAll(".ec-main").forEach((part) => { part.tabIndex = 0; part.setAttribute("role", "group"); part.setAttribute("aria-label", show); });
  };
  const heard = (span, names) => `${names.get(span.room)} ${Number(span.start.slice(5, 7))}月${Number(span.start.slice(8, 10))}日 ${span.start.slice(11, 16)}〜${span.end.slice(11, 16)} `;
  const unseen = (text) => {
    const part = document.createElement("span");
    part.className = "unseen";
    part.textContent = text;
    return part;
  };
  // A time that is kept for a draw leads to its page, as in the table.
  const words = (event) => {
    if (!event.extendedProps.url) return document.createTextNode(event.title);
    const way = document.createElement("a");
    way.href = event.extendedProps.url;
    way.append(event.title, unseen(page));
    return way;
  };

  const draw = async () => {
    const answer = await fetch(src);
    if (!answer.ok) throw new Error(`answered ${answer.status}`);
    const data = await answer.json();
    await Promise.all([load("link", (link) => { link.rel = "stylesheet"; link.href = sheet; }), load("script", (s) => { s.src = script; })]);
    const names = new Map(data.rooms.map((room) => [room.id, room.name]));
    place.hidden = false;
    window.EventCalendar.create(place, {
      view: view === "day" ? "resourceTimelineDay" : "resourceTimelineWeek", date, firstDay: 1, locale: "ja", headerToolbar: false, height: "auto", slotDuration: "01:00", slotWidth: 48,
      eventContent: ({ event }) => ({ domNodes: [unseen(event.extendedProps.heard), words(event)] }), eventAllUpdated: plain, ...hours(data.spans),
      resources: data.rooms.map((room) => ({ id: room.id, title: room.name })),
      events: data.spans.map((span) => ({ resourceIds: [span.room], start: span.start, end: span.end, title: span.text, classNames: [`span-${span.state}`], editable: false, extendedProps: { heard: heard(span, names), url: span.url } })),
    });
    plain();
    drawn = true;
  };

  root.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    const wanted = button.getAttribute("aria-pressed") !== "true";
    try {
      if (wanted && !drawn) await draw();
    } catch {
      place.hidden = true;
      said.textContent = failed;
      return;
    }
    place.hidden = !wanted;
    table.hidden = wanted;
    button.setAttribute("aria-pressed", String(wanted));
    button.textContent = wanted ? back : show;
  });
})();
