// The views of a template: its text, and the difference between it and the result,
// side by side or in one column.

import { history, defaultKeymap, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { getChunks, MergeView, uncollapseUnchanged, unifiedMergeView } from "@codemirror/merge";
import { search, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState, type Extension, type Text } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import type { Place, Rule } from "./engine";
import { notes, offset, setNotes, type Note } from "./notes";
import { look, outer } from "./theme";

export type View = "split" | "unified" | "text";

// What a view shows: before and after are the two sides of the difference. There is
// no after if the text cannot be locked.
export interface Content { text: string; before: string; after: string | null; notes: Note[] }

// A Reason is why something is shown: somebody typed, chose something, or took a text.
export type Reason = "typed" | "chosen" | "new";

const ours = Annotation.define<boolean>(); // a change that nobody typed

const longest = 2_000_000; // characters beyond which there is no syntax highlighting

const diffConfig = { scanLimit: 2000, timeout: 2000 };

// Editors has one view at a time. Views are in a shadow root, where CodeMirror's
// styles are objects, which a Content-Security-Policy need not allow.
export class Editors {
  private readonly root: ShadowRoot;
  private readonly frame: HTMLElement;
  private merge?: MergeView;
  private single?: EditorView;
  private view: View = "text";
  private collapse = true;
  private canEdit = true;
  private notes: Note[] = [];

  constructor(host: HTMLElement, private readonly rules: Map<string, Rule>, private readonly edited: (text: string) => void) {
    this.root = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(outer);
    this.root.adoptedStyleSheets = [sheet];
    this.frame = document.createElement("div");
    this.frame.style.height = "100%";
    this.root.append(this.frame);
  }

  // show puts a content into a view. The view in which somebody is typing stays; for
  // anything else it is built anew, at the place where it was unless the text is new.
  show(content: Content, view: View, collapse: boolean, reason: Reason): void {
    const effective = content.after === null && view === "unified" ? "text" : view;
    const canEdit = content.before === content.text || effective === "text";
    const { scrollTop = 0 } = this.frame.firstElementChild ?? {};
    const isSame = effective === this.view && reason !== "new";
    const hasFocus = this.root.activeElement !== null;
    if (reason !== "typed" || effective !== this.view || collapse !== this.collapse || canEdit !== this.canEdit || (!this.merge && !this.single) || effective === "unified") {
      this.build(content, effective, collapse, canEdit);
      if (isSame) this.frame.firstElementChild!.scrollTop = scrollTop;
      if (hasFocus) (this.merge?.a ?? this.single!).focus();
    } else if (this.merge) {
      replace(this.merge.a, content.before);
      replace(this.merge.b, content.after ?? content.before);
    } else if (this.single) {
      replace(this.single, content.text);
    }
    this.merge?.dom.classList.toggle("is-void", content.after === null);
    this.notes = content.text === content.before || effective === "text" ? content.notes : [];
    this.annotate();
  }

  private build(content: Content, view: View, collapse: boolean, canEdit: boolean): void {
    this.merge?.destroy();
    this.single?.destroy();
    this.merge = this.single = undefined;
    this.frame.replaceChildren();
    Object.assign(this, { view, collapse, canEdit });
    const collapseUnchanged = collapse ? { margin: 4, minSize: 8 } : undefined;
    const size = Math.max(content.before.length, content.after?.length ?? 0);
    if (view === "split") {
      this.merge = new MergeView({
        a: { doc: content.before, extensions: [common(size), canEdit ? this.typing() : readOnly, labelled("Template"), notes(this.rules)] },
        b: { doc: content.after ?? content.before, extensions: [common(size), readOnly, labelled("Result")] },
        root: this.root, parent: this.frame, collapseUnchanged, diffConfig, highlightChanges: true, gutter: true,
      });
      return;
    }
    const holder = document.createElement("div");
    holder.className = "single";
    this.frame.append(holder);
    const extensions = view === "text"
      ? [this.typing(), labelled("Template")]
      : [readOnly, labelled("Result, with what it replaces"), unifiedMergeView({ original: content.before, mergeControls: false, collapseUnchanged, diffConfig, syntaxHighlightDeletions: false })];
    this.single = new EditorView({
      doc: view === "text" ? content.text : content.after!,
      extensions: [common(size), extensions, notes(this.rules)], root: this.root, parent: holder,
    });
  }

  private typing(): Extension {
    return EditorView.updateListener.of((update) => {
      if (update.docChanged && !update.transactions.every((t) => t.annotation(ours))) this.edited(update.state.doc.toString());
    });
  }

  // annotate shows the notes where their lines are.
  private annotate(): void {
    const view = this.merge?.a ?? this.single!;
    view.dispatch({ effects: setNotes.of(this.notes.map((note) => this.placed(view.state, note))) });
  }

  // placed moves a note from the text to where the view has it: the unified view has
  // the lines of the result.
  private placed(state: EditorState, note: Note): Note {
    if (this.view !== "unified") return note;
    const chunks = getChunks(state)?.chunks ?? [];
    let shift = 0;
    const line = (doc: Text, at: number) => doc.lineAt(Math.min(at, doc.length)).number;
    for (const chunk of chunks) {
      const first = this.lineOfOriginal(chunk.fromA), next = this.lineOfOriginal(chunk.toA);
      if (note.start.line < first) break;
      if (note.start.line < next) {
        const at = { line: Math.max(line(state.doc, chunk.fromB), 1), column: 0 };
        return { ...note, start: at, end: at };
      }
      shift = line(state.doc, chunk.toB) - next;
    }
    return { ...note, start: { ...note.start, line: note.start.line + shift }, end: { ...note.end, line: note.end.line + shift } };
  }

  private original = { text: "", starts: [0] };

  private lineOfOriginal(at: number): number {
    const { starts } = this.original;
    let low = 0, high = starts.length;
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= at) low = middle; else high = middle;
    }
    return low + 1;
  }

  // know remembers where the lines of the text before start.
  know(before: string): void {
    if (this.original.text === before) return;
    const starts = [0];
    for (let i = before.indexOf("\n"); i >= 0; i = before.indexOf("\n", i + 1)) starts.push(i + 1);
    this.original = { text: before, starts };
  }

  // clear shows an empty text to type or paste into.
  clear(): void {
    this.build({ text: "", before: "", after: null, notes: [] }, "text", false, true);
    this.single!.focus();
  }

  // go shows a place of the text, and has somebody type there.
  go(place: Place, isFocused = true): void {
    const view = this.merge?.a ?? this.single!;
    const at = this.view === "unified" ? this.placed(view.state, { start: place, end: place }).start : place;
    const position = offset(view.state.doc, at);
    const effects = [uncollapseUnchanged.of(position)];
    view.dispatch({ effects });
    view.dispatch({ selection: { anchor: position }, effects: EditorView.scrollIntoView(position, { y: "center" }) });
    if (isFocused) view.focus();
  }
}

// replace gives an editor another text, and leaves alone what is the same at both ends.
function replace(view: EditorView, text: string): void {
  const before = view.state.doc.toString();
  if (before === text) return;
  const most = Math.min(before.length, text.length);
  let start = 0, end = 0;
  while (start < most && before[start] === text[start]) start++;
  while (end < most - start && before[before.length - 1 - end] === text[text.length - 1 - end]) end++;
  view.dispatch({ changes: { from: start, to: before.length - end, insert: text.slice(start, text.length - end) }, annotations: ours.of(true) });
}

const readOnly = EditorState.readOnly.of(true);
const labelled = (label: string) => EditorView.contentAttributes.of({ "aria-label": label });

const common = (size: number): Extension => [
  lineNumbers(), EditorView.lineWrapping, history(), drawSelection(), search({ top: true }), look, EditorState.tabSize.of(4),
  highlightSpecialChars({ addSpecialChars: /[\u202a\u202b\u202c\u2068\u0085]/ }),
  keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap]),
  size < longest ? yaml() : [],
];
