// The times at tables on the phone at the door (js/door.js): whether somebody sits there, and a mark, kept on this phone until the server has it, for those
// who come without booking. A mark says how many sit there then, so that sending it twice does nothing.
globalThis.doorSlots = ({ shelf, ask, find, badge, hour, changed, refused }) => {
  const markOf = (slot) => shelf.get("slot:" + slot.id);
  const taken = (slot) => parseInt(markOf(slot) ?? slot.taken, 10);

  const state = (slot) => {
    const n = taken(slot);
    const of = slot.parties > 1 ? ` ${n}/${slot.parties}組` : "";
    if (slot.closed) return badge("おやすみ", "full");
    if (n > 0) return slot.walk_in ? badge("当日の方" + of, "good") : badge("予約の方" + of, "info");
    return badge((slot.walk_in ? "空き（当日受付）" : "空き（予約の枠）") + of, "plain");
  };

  const paint = (box, slots) => {
    for (const slot of slots) {
      const row = box.querySelector(`[data-door-slot="${slot.id}"]`);
      if (!row) continue;
      find("slot-state", row).replaceChildren(state(slot));
      find("marks", row).hidden = !slot.walk_in || slot.closed;
      // The pressed button may go: the other one takes the focus then.
      const focused = document.activeElement;
      find("more", row).hidden = taken(slot) >= slot.parties;
      find("less", row).hidden = taken(slot) === 0;
      if (row.contains(focused) && focused.hidden) (find("less", row).hidden ? find("more", row) : find("less", row)).focus();
    }
  };

  // show makes the rows of a part from the one that the page holds.
  const show = (box, part, slots) => {
    const list = find("slots", box);
    if (!slots.length) {
      list.remove();
      return;
    }
    list.id = "slots-" + part;
    const shape = find("slot", list);
    const ul = list.querySelector("ul");
    ul.replaceChildren(...slots.map((slot) => {
      const row = shape.cloneNode(true);
      const time = `${hour(slot.starts_at)}〜${hour(slot.ends_at)}`;
      const tables = slot.booths.join("と");
      row.dataset.doorSlot = slot.id;
      find("slot-time", row).textContent = time;
      find("slot-tables", row).textContent = tables;
      for (const name of row.querySelectorAll("[data-door-slot-name]")) name.textContent = `${time} ${tables}`;
      find("more", row).value = `${slot.id}:1`;
      find("less", row).value = `${slot.id}:-1`;
      return row;
    }));
    list.addEventListener("submit", (event) => {
      event.preventDefault();
      const [id, delta] = event.submitter.value.split(":");
      changed(id, parseInt(delta, 10));
    });
  };

  // send gives the server what was marked, and tells whether there was anything. A mark that it refuses goes, and is told.
  const send = async (token, slots) => {
    for (const slot of slots) {
      const mark = markOf(slot);
      if (mark === null) continue;
      try {
        slot.taken = (await ask("/slots/" + slot.id, token, { parties: parseInt(mark, 10) }, "PUT")).taken;
      } catch (failure) {
        if (!failure.code?.startsWith("door_slot")) throw failure;
        refused(failure.message);
      }
      if (markOf(slot) === mark) shelf.drop("slot:" + slot.id); // else it was pressed again meanwhile
    }
  };

  // mark notes one more or one less, within what fits.
  const mark = (slot, delta, closes) => {
    const n = taken(slot) + delta;
    if (n >= 0 && n <= slot.parties) shelf.set("slot:" + slot.id, `${n} ${closes}`);
  };
  const unsent = (slots) => slots.filter((slot) => markOf(slot) !== null);

  return { paint, show, send, mark, unsent };
};
