import linux from "../../templates/linux.yaml";
import windows from "../../templates/windows.yaml";
import managed from "../examples/managed.template";
import { byId, element, shown } from "./dom";
import { Editors, type Reason, type View } from "./editor";
import { Engine, type Finding, type Result } from "./engine";
import { explanation, labels, type Note } from "./notes";
import { commands, defaults, fragment, parse, read, write, type Options } from "./options";
import { draw } from "./picture";
import { decode, edited, fromBytes, named, save, type Source } from "./source";
import { tell } from "./verdict";

const examples: Record<string, [string, string]> = {
  linux: ["linux.yaml", linux], windows: ["windows.yaml", windows], managed: ["managed.json", managed],
};

const form = byId<HTMLFormElement>("options");
let source: Source = fromBytes("template.yaml", new Uint8Array());
let options: Options = defaults();
let result: Result | undefined;
let view: View = window.innerWidth < 800 ? "unified" : "split";
let typing = 0;
let reason: Reason = "new"; // why the engine was asked last

const packed = Uint8Array.from(atob(byId("engine").textContent!.trim()), (c) => c.charCodeAt(0));
const engine = new Engine(packed, show, (isBusy) => { byId("busy").textContent = isBusy ? "working…" : ""; document.body.toggleAttribute("data-busy", isBusy); });
const editors = new Editors(byId("editors"), engine.rules, (text) => {
  source = edited(source, text);
  mark();
  window.clearTimeout(typing);
  typing = window.setTimeout(() => ask("typed"), 300);
});

// ask has the engine judge what is there.
function ask(why: Reason): void {
  if (reason !== "new") reason = why;
  engine.ask(source.name, source.bytes, options);
  const lines = commands(options, source.name, source.bytes.length);
  byId("patch").textContent = lines.patch;
  byId("check").textContent = lines.check;
  const link = fragment(options, source.example);
  const address = location.href.replace(/#.*/, "") + (link ? `#${link}` : "");
  byId("link").textContent = address;
  history.replaceState(null, "", address);
}

// take replaces the text with another, and forgets the names of what was in the old
// one.
function take(next: Source): void {
  window.clearTimeout(typing);
  options = { ...options, resource: [], parameter: {} };
  write(form, options);
  source = next;
  result = undefined;
  reason = "new";
  mark();
  ask("new");
}

// mark names the text, and the example that it is.
function mark(): void {
  byId("name").textContent = shown(source.name);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-example]")) {
    button.setAttribute("aria-pressed", String(button.dataset.example === source.example));
  }
}

function takeExample(name: string): void {
  const [file, text] = examples[name];
  take(fromBytes(file, new TextEncoder().encode(text), name));
}

async function takeFile(file: File): Promise<void> {
  take(fromBytes(file.name, new Uint8Array(await file.arrayBuffer())));
}

// show shows what the engine has answered.
function show(answer: Result): void {
  performance.mark("answer");
  result = source.text.trim() === "" ? { ...answer, invalid: null } : answer; // nothing is wrong yet
  const { headline, isGood, isOpen, lines } = tell(answer, source.text.trim() === "");
  const verdict = byId("verdict");
  verdict.textContent = headline;
  verdict.className = isOpen ? "is-open" : isGood ? "is-good" : "";
  byId("says").replaceChildren(...lines);
  for (const [id, name, readers] of [["now", "As it is", answer.now], ["then", "With imdslock", answer.then]] as const) {
    byId(id).replaceChildren(...(readers ? [draw(name, readers)] : []));
    byId(id).parentElement!.hidden = !readers;
  }
  list(result);
  render();
  const place = (result.invalid ?? result.refused)?.place;
  if (reason === "new" && place) editors.go(place, false);
  reason = "chosen";
}

// notesOf are the findings and the error of an answer, at their lines.
function notesOf(answer: Result): Note[] {
  const notes: Note[] = (answer.findings ?? []).map((finding) => ({ start: finding.start, end: finding.end, finding }));
  for (const problem of [answer.invalid, answer.refused]) if (problem?.place) notes.push({ start: problem.place, end: problem.place, problem });
  return notes;
}

function render(): void {
  if (!result) return;
  const after = result.output ? decode(result.output) : null;
  const before = result.before ? decode(result.before) : source.text;
  const collapse = byId<HTMLInputElement>("collapse").checked && after !== null && after !== before;
  editors.know(lineEnds(before));
  editors.show({ text: lineEnds(source.text), before: lineEnds(before), after: after === null ? null : lineEnds(after), notes: notesOf(result) }, view, collapse, reason);
  document.querySelector(".sides")!.classList.toggle("one", view !== "split");
  byId("left").textContent = view === "unified" && after !== null ? "Template and result" : "Template";
  byId("right").textContent = after === null ? "There is no result" : "Result";
  const isMissing = !saved();
  for (const id of ["copy", "download"]) byId<HTMLButtonElement>(id).disabled = isMissing;
}

// lineEnds returns a text with the line ends of an editor.
const lineEnds = (text: string): string => text.replace(/\r\n?/g, "\n");

// saved returns what is to be copied or downloaded, if it is there: its name, its
// content and its type.
function saved(): [string, Uint8Array | string, string] | undefined {
  if (!result) return undefined;
  switch (byId<HTMLSelectElement>("what").value) {
    case "diff": return result.diff ? [named(source.name, ".diff"), result.diff, "text/x-diff"] : undefined;
    case "sarif": return result.sarif ? [named(source.name, ".sarif"), result.sarif, "application/sarif+json"] : undefined;
    default: return result.output ? [named(source.name, ""), result.output, "application/octet-stream"] : undefined;
  }
}

// list lists findings for those who read them without the text.
function list(answer: Result): void {
  const item = (kind: keyof typeof labels, at: string, message: string, more: (Node | string)[], go?: () => void) => {
    const place = go ? element("button", { type: "button", class: "place" }, `line ${at}`) : at ? `line ${at}` : "";
    if (go) (place as HTMLElement).addEventListener("click", go);
    return element("li", { class: kind }, element("span", { class: "kind" }, labels[kind]),
      element("div", {}, element("p", {}, element("bdi", {}, shown(message))), element("p", { class: "more" }, place), ...more));
  };
  const items = (answer.findings ?? []).map((f) => item(f.kind, f.at, title(f), explain(f), () => editors.go(f.start)));
  for (const p of [answer.invalid, answer.refused]) {
    if (p) items.unshift(item("error", p.at, p.message, p.hint ? [element("p", { class: "more" }, `hint: ${shown(p.hint)}`)] : [], p.place ? () => editors.go(p.place!) : undefined));
  }
  for (const f of (answer.changes ?? []).filter((f) => f.kind === "note" && !answer.findings?.some((g) => g.rule === f.rule && g.at === f.at))) {
    items.push(item("note", f.at, title(f), explain(f), () => editors.go(f.start)));
  }
  byId("findings").replaceChildren(...(items.length > 0 ? items : [element("li", { class: "none" }, source.text.trim() === "" ? "There is no template yet." : "Nothing.")]));
}

const title = (f: Finding) => (f.logicalId ? `${f.logicalId}: ` : "") + f.message;

function explain(f: Finding): Node[] {
  const rule = engine.rules.get(f.rule);
  const all: Node[] = [];
  if (f.reason) all.push(element("p", { class: "more" }, `accepted because ${shown(f.reason)}`));
  if (rule) all.push(element("details", {}, element("summary", {}, `${f.rule}: why, and what to do`), explanation(rule)));
  return all;
}

// announce says to screen readers, and beside the button, what was done.
function announce(button: HTMLElement, text: string): void {
  byId("told").textContent = text;
  const before = button.dataset.label ?? button.textContent!;
  button.dataset.label = before;
  button.textContent = text;
  window.setTimeout(() => { button.textContent = before; }, 1500);
}

async function copy(button: HTMLElement, text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not from every place is the clipboard open to that
    const area = element("textarea", { "aria-label": "text to copy", class: "hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  announce(button, "Copied");
}

function wire(): void {
  form.addEventListener("input", () => { options = read(form); ask("chosen"); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); options = defaults(); write(form, options); ask("chosen"); });
  byId("open").addEventListener("click", () => byId<HTMLInputElement>("file").click());
  byId<HTMLInputElement>("file").addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.files?.[0]) void takeFile(input.files[0]);
    input.value = "";
  });
  byId("paste").addEventListener("click", () => {
    take(fromBytes("template.yaml", new Uint8Array()));
    editors.clear();
    choose("text");
  });
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-example]")) button.addEventListener("click", () => takeExample(button.dataset.example!));
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.addEventListener("click", () => void copy(button, byId(button.dataset.copy!).textContent!));
  }
  for (const radio of document.querySelectorAll<HTMLInputElement>("[name=view]")) radio.addEventListener("change", () => choose(radio.value as View));
  byId("collapse").addEventListener("change", render);
  byId("what").addEventListener("change", render);
  byId("copy").addEventListener("click", (event) => {
    const content = saved();
    if (content) void copy(event.target as HTMLElement, typeof content[1] === "string" ? content[1] : decode(content[1]));
  });
  byId("download").addEventListener("click", () => { const content = saved(); if (content) save(...content); });
  window.addEventListener("hashchange", start);
  window.addEventListener("dragover", (event) => { event.preventDefault(); document.body.classList.add("is-over"); });
  window.addEventListener("dragleave", (event) => { if (!event.relatedTarget) document.body.classList.remove("is-over"); });
  window.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("is-over");
    const file = event.dataTransfer?.files[0];
    if (file) void takeFile(file);
  }, true);
}

// choose takes a view.
function choose(next: View): void {
  view = next;
  for (const radio of document.querySelectorAll<HTMLInputElement>("[name=view]")) radio.checked = radio.value === view;
  render();
}

// start takes what the link says.
function start(): void {
  const { options: linked, example } = parse(location.hash);
  options = linked;
  takeExample(example in examples ? example : "linux");
  options = linked;
  write(form, options);
  ask("new");
}

byId<HTMLDetailsElement>("settings").open = window.innerWidth >= 800;
wire();
choose(view);
start();
