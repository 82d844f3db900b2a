// Findings beside their lines, in an editor.

import { EditorState, RangeSet, StateEffect, StateField, type Extension, type Text } from "@codemirror/state";
import { Decoration, EditorView, WidgetType, type DecorationSet } from "@codemirror/view";
import { element, shown } from "./dom";
import type { Finding, Place, Problem, Rule } from "./engine";

// A Note is a finding, or an error, at a place of the text.
export interface Note { start: Place; end: Place; finding?: Finding; problem?: Problem }

export const setNotes = StateEffect.define<Note[]>();

export const labels = { open: "not locked", note: "note", accepted: "accepted", change: "change", error: "error" };

const kindOf = (note: Note) => note.finding?.kind ?? "error";

// explanation lists why a rule matters, what to do, and the page that says so.
export function explanation(rule: Rule): HTMLElement {
  return element("dl", {},
    element("dt", {}, "Why"), element("dd", {}, rule.why),
    element("dt", {}, "Fix"), element("dd", {}, rule.fix),
    element("dt", {}, "Source"), element("dd", {}, element("a", { href: rule.source, rel: "noreferrer noopener", target: "_blank" }, rule.source)));
}

class NoteWidget extends WidgetType {
  constructor(private readonly note: Note, private readonly rules: Map<string, Rule>) { super(); }

  override eq(other: NoteWidget): boolean { return JSON.stringify(other.note) === JSON.stringify(this.note); }

  toDOM(view: EditorView): HTMLElement {
    const { finding, problem } = this.note;
    const kind = kindOf(this.note);
    const rule = finding && this.rules.get(finding.rule);
    const message = finding ? (finding.logicalId ? `${finding.logicalId}: ` : "") + finding.message : problem!.message;
    const box = element("div", { class: "inside" },
      element("p", {}, element("span", { class: "badge" }, labels[kind]), " ", element("bdi", {}, shown(message))),
      finding?.reason ? element("p", { class: "more" }, "accepted because ", element("bdi", {}, shown(finding.reason))) : null,
      problem?.hint ? element("p", { class: "more" }, "hint: ", element("bdi", {}, shown(problem.hint))) : null);
    if (rule) {
      const details = element("details", {}, element("summary", {}, "Why, and what to do"), explanation(rule));
      details.addEventListener("toggle", () => view.requestMeasure());
      box.append(details);
    }
    return element("div", { class: `note ${kind}`, role: "note" }, box); // editors do not see margins
  }

  override ignoreEvent(): boolean { return true; }
  override get estimatedHeight(): number { return 62; }
}

// offset returns where a place is. Texts change before their notes do.
export function offset(doc: Text, place: Place): number {
  const line = doc.line(Math.min(Math.max(place.line, 1), doc.lines));
  return Math.min(line.from + place.column, line.to);
}

function decorate(state: EditorState, notes: Note[], rules: Map<string, Rule>): DecorationSet {
  const ranges = notes.flatMap((note) => {
    const from = offset(state.doc, note.start);
    const line = state.doc.lineAt(from);
    const to = Math.min(Math.max(offset(state.doc, note.end), from), line.to);
    const all = [
      Decoration.line({ class: `found ${kindOf(note)}` }).range(line.from),
      Decoration.widget({ widget: new NoteWidget(note, rules), block: true, side: 1 }).range(line.to),
    ];
    if (to > from) all.push(Decoration.mark({ class: `place ${kindOf(note)}` }).range(from, to));
    return all;
  });
  return RangeSet.of(ranges, true);
}

// notes shows the notes that setNotes gives to an editor.
export function notes(rules: Map<string, Rule>): Extension {
  return StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update(set, transaction) {
      let next = set.map(transaction.changes);
      for (const effect of transaction.effects) if (effect.is(setNotes)) next = decorate(transaction.state, effect.value, rules);
      return next;
    },
    provide: (field) => EditorView.decorations.from(field),
  });
}
