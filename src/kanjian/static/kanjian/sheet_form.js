// A sheet is saved as it is typed. What could not be sent stays in this browser's storage, field by field, and is sent
// again when the connection is back; nothing is thrown away before the server has said that it has it.

const RETRY_EVERY = 4000;
const TYPING_PAUSE = 900;
const form = document.querySelector("[data-sheet-form]");

class Store {
  constructor(key) {
    this.prefix = `kj-sheet-${key}-`;
  }

  put(cell, said) {
    try {
      localStorage.setItem(this.prefix + cell, JSON.stringify(said));
    } catch {
      // Private windows may refuse; then the page itself is the only memory, and the state says so.
    }
  }

  get(cell) {
    try {
      return JSON.parse(localStorage.getItem(this.prefix + cell) ?? "null");
    } catch {
      return null;
    }
  }

  drop(cell) {
    try {
      localStorage.removeItem(this.prefix + cell);
    } catch {
      // See above.
    }
  }
}

class Cell {
  constructor(element, sheet) {
    this.element = element;
    this.sheet = sheet;
    this.name = `${element.dataset.unit}-${element.dataset.indicator}`;
    this.value = element.querySelector("[data-value]");
    this.status = element.querySelector("[data-status]");
    this.note = element.querySelector("[data-note]");
    this.file = element.querySelector("[data-file]");
    this.pause = 0;
    this.listen();
    this.show(element.dataset.state || "");
  }

  listen() {
    this.value.addEventListener("input", () => {
      if (this.value.value) this.status.value = "";
      this.typed();
    });
    this.status.addEventListener("change", () => {
      if (this.status.value) this.value.value = "";
      this.changed();
    });
    this.note.addEventListener("input", () => this.typed());
    for (const field of [this.value, this.note]) field.addEventListener("change", () => this.changed());
    this.file.addEventListener("change", () => this.changed());
    this.element.querySelector("[data-keep-mine]").addEventListener("click", () => this.choose(this.said()));
    this.element.querySelector("[data-take-theirs]").addEventListener("click", () => this.choose(this.theirs));
  }

  said() {
    return { value: this.value.value, status: this.status.value, note: this.note.value };
  }

  fill(said) {
    this.value.value = said.value;
    this.status.value = said.status;
    this.note.value = said.note;
  }

  typed() {
    this.sheet.store.put(this.name, this.said());
    this.show("waiting");
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.sheet.queue(this), TYPING_PAUSE);
  }

  changed() {
    clearTimeout(this.pause);
    this.sheet.store.put(this.name, this.said());
    this.show("waiting");
    this.sheet.queue(this);
  }

  choose(said) {
    if (!said) return;
    this.fill(said);
    this.element.querySelector("[data-choice]").hidden = true;
    this.changed();
  }

  restore() {
    const kept = this.sheet.store.get(this.name);
    if (!kept) return;
    this.fill(kept);
    this.show("waiting");
    this.sheet.queue(this);
  }

  show(state, problem = "") {
    this.element.dataset.state = state;
    this.element.querySelector("[data-cell-state]").textContent = state ? form.dataset[`text${state[0].toUpperCase()}${state.slice(1)}`] : "";
    if (state !== "saved" || problem) this.element.querySelector("[data-problem]").textContent = problem;
    if (state === "saved") this.element.querySelector("[data-problem]").textContent = "";
    this.sheet.summarise();
  }

  body(said) {
    const data = new FormData();
    data.set("unit", this.element.dataset.unit);
    data.set("indicator", this.element.dataset.indicator);
    data.set("version", this.sheet.version.value);
    for (const [name, text] of Object.entries(said)) data.set(name, text);
    if (this.file.files.length) data.set("file", this.file.files[0]);
    return data;
  }

  /** Send what stands here; true when the server has answered, false when it could not be reached. */
  async send() {
    const said = this.said();
    const file = this.file.files[0];
    let answer;
    try {
      const response = await fetch(form.dataset.cellUrl, {
        method: "POST",
        body: this.body(said),
        headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
        credentials: "same-origin",
      });
      if (response.redirected || !response.ok) throw new Error(String(response.status));
      answer = await response.json();
    } catch {
      // A file is too large for the browser's storage: it waits in this page only.
      this.show("waiting", file ? form.dataset.textFile : "");
      return false;
    }
    this.received(answer, said, file);
    return true;
  }

  received(answer, said, file) {
    if (answer.code === "stale") return this.conflict(answer);
    const isStill = JSON.stringify(this.said()) === JSON.stringify(said) && this.file.files[0] === file;
    if (!isStill) {
      // Typed on while it was under way: the newer text goes next.
      if (answer.ok) this.sheet.version.value = answer.version;
      this.show("waiting");
      return this.sheet.queue(this);
    }
    if (!answer.ok) return this.show("unsaved", answer.message);
    this.sheet.version.value = answer.version;
    this.sheet.store.drop(this.name);
    this.file.value = "";
    this.show("saved");
    this.sheet.explain(this.element.dataset.unit, answer.findings);
    if (answer.file) this.attach(answer.file);
  }

  conflict(answer) {
    this.sheet.version.value = answer.version;
    this.theirs = answer.theirs;
    const options = [...this.status.options];
    const word = answer.theirs.value || options.find((option) => option.value === answer.theirs.status)?.textContent || "—";
    this.element.querySelector("[data-theirs]").textContent = `${form.dataset.textTheirs} ${word}`;
    this.element.querySelector("[data-choice]").hidden = false;
    this.show("unsaved", answer.message);
  }

  attach(file) {
    const link = document.createElement("a");
    link.href = file.url;
    link.textContent = file.name;
    this.element.querySelector("[data-file-kept]").replaceChildren(link);
  }

  explain(findings) {
    const list = this.element.querySelector("[data-findings]");
    list.replaceChildren(
      ...findings.map((finding) => {
        const item = document.createElement("li");
        item.className = `kj-finding-${finding.severity}${finding.noted ? " kj-finding-noted" : ""}`;
        item.textContent = finding.noted ? finding.text : [finding.text, finding.remedy].filter(Boolean).join(" ");
        return item;
      }),
    );
    if (findings.some((finding) => finding.severity === "soft" && !finding.noted)) {
      this.element.querySelector(".kj-cell-more").open = true;
    }
  }
}

class Sheet {
  constructor() {
    this.store = new Store(form.dataset.key);
    this.version = form.querySelector("[data-version]");
    this.waiting = [];
    this.busy = false;
    this.bar = form.querySelector("[data-form-state]");
    this.count = this.bar.textContent;
    form.querySelector("[data-save]").hidden = true; // every field saves itself
    this.cells = [];
    this.cells = [...form.querySelectorAll("[data-cell]")].map((element) => new Cell(element, this));
    for (const cell of this.cells) cell.restore();
    window.addEventListener("online", () => this.work());
    setInterval(() => this.work(), RETRY_EVERY);
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("beforeunload", (event) => {
      if (this.cells.some((cell) => cell.file.files.length)) event.preventDefault();
    });
  }

  queue(cell) {
    if (!this.waiting.includes(cell)) this.waiting.push(cell);
    this.work();
  }

  /** One after the other, so that each knows the version that the one before made. */
  async work() {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length) {
      const cell = this.waiting.shift(); // before sending: what is typed meanwhile queues it again
      cell.show("sending");
      if (await cell.send()) continue;
      if (!this.waiting.includes(cell)) this.waiting.unshift(cell);
      break;
    }
    this.busy = false;
    this.summarise();
  }

  explain(unit, findings) {
    for (const cell of this.cells.filter((each) => each.element.dataset.unit === unit)) {
      cell.explain(findings.filter((finding) => finding.indicator === cell.element.dataset.indicator));
    }
  }

  summarise() {
    const states = this.cells.map((cell) => cell.element.dataset.state);
    const tone = states.includes("unsaved") ? "unsaved" : states.includes("waiting") ? "waiting" : "saved";
    this.bar.dataset.tone = tone;
    if (tone === "waiting" && !navigator.onLine) this.bar.textContent = form.dataset.textOffline;
    else if (tone === "unsaved") this.bar.textContent = form.dataset.textUnsaved;
    else if (tone === "waiting") this.bar.textContent = form.dataset.textWaiting;
    else this.bar.textContent = states.includes("saved") ? `${this.count} · ${form.dataset.textSaved}` : this.count;
  }

  /** With anything unsent, sending comes first: the page must not leave before the server has it. */
  async submitted(event) {
    if (!this.cells.some((cell) => ["waiting", "sending"].includes(cell.element.dataset.state))) return;
    event.preventDefault();
    for (const cell of this.cells) {
      clearTimeout(cell.pause);
      if (cell.element.dataset.state === "waiting") this.queue(cell);
    }
    const button = event.submitter;
    for (let round = 0; round < 20 && (this.waiting.length || this.busy); round += 1) {
      await this.work();
      if (!navigator.onLine) break;
      await new Promise((done) => setTimeout(done, 150));
    }
    if (this.waiting.length || this.cells.some((cell) => cell.element.dataset.state === "unsaved")) {
      this.bar.dataset.tone = "unsaved";
      this.bar.textContent = navigator.onLine ? form.dataset.textPending : form.dataset.textOffline;
      return;
    }
    form.requestSubmit(button);
  }
}

if (form) new Sheet();
