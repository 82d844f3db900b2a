// How editors look. The colours are those of the page's style.

import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const mono = 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--page)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "2px solid var(--link)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: mono, lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--page)", color: "var(--soft)", border: "none", paddingLeft: "0.25rem" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 0.75rem 0 0.5rem", minWidth: "2.75rem" },
  ".cm-line": { padding: "0 1rem 0 0.5rem" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--selection) !important" },
  ".cm-panels": { backgroundColor: "var(--box)", color: "var(--text)" },
  ".cm-specialChar": { color: "var(--open)" },

  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--removed-box)" },
  "&.cm-merge-b .cm-changedLine, .cm-inlineChangedLine": { backgroundColor: "var(--added-box)" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "var(--removed-mark)" },
  "&.cm-merge-b .cm-changedText": { background: "var(--added-mark)" },
  "&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter": { background: "var(--removed)" },
  "&.cm-merge-b .cm-changedLineGutter": { background: "var(--added)" },
  ".cm-deletedChunk": { padding: "0 0 0 0.5rem" },
  ".cm-deletedLine, .cm-deletedLine del": { textDecoration: "none" },
  ".cm-collapsedLines": {
    background: "var(--box)", color: "var(--soft)", fontFamily: "system-ui, sans-serif", padding: "0.25rem 0.75rem",
    borderTop: "1px solid var(--line)", borderBottom: "1px solid var(--line)", cursor: "pointer",
  },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋯"', marginInline: "0.5rem" },

  ".place": { textDecoration: "underline wavy var(--note)", textUnderlineOffset: "3px", textDecorationSkipInk: "none" },
  ".place.open, .place.error": { textDecorationColor: "var(--open)" },
  ".place.accepted": { textDecorationColor: "var(--accepted)" },
  ".note": { padding: "0.25rem 1rem 0.5rem 0.5rem" },
  ".note .inside": {
    padding: "0.5rem 0.75rem", maxWidth: "38rem", whiteSpace: "normal",
    font: "0.8125rem/1.45 system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif", overflowWrap: "anywhere",
    backgroundColor: "var(--page)", border: "1px solid var(--line)", borderLeft: "3px solid var(--note)", borderRadius: "0.375rem",
  },
  ".note.open .inside, .note.error .inside": { borderLeftColor: "var(--open)" },
  ".note.accepted .inside": { borderLeftColor: "var(--accepted)" },
  ".note p": { margin: "0" },
  ".note .more": { color: "var(--soft)", marginTop: "0.25rem" },
  ".note .badge": { color: "var(--note)", fontWeight: "600" },
  ".note.open .badge, .note.error .badge": { color: "var(--open)" },
  ".note.accepted .badge": { color: "var(--accepted)" },
  ".note details": { marginTop: "0.25rem" },
  ".note summary": { cursor: "pointer", color: "var(--link)", width: "max-content" },
  ".note dl": { display: "grid", gridTemplateColumns: "max-content 1fr", gap: "0.25rem 0.75rem", margin: "0.5rem 0 0" },
  ".note dt": { color: "var(--soft)" },
  ".note dd": { margin: "0" },
  ".note a": { color: "var(--link)" },
  ".note :focus-visible": { outline: "2px solid var(--link)", outlineOffset: "2px" },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)" },
  { tag: [tags.string, tags.content], color: "var(--text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--soft)" },
  { tag: [tags.typeName, tags.labelName, tags.keyword], color: "var(--tag)" },
]);

export const look = [theme, syntaxHighlighting(colours)];

// outer is the style of what is around editors.
export const outer = `
:host { display: block }
.cm-mergeView, .single { height: 100%; overflow: auto; background: var(--page) }
.single .cm-editor { min-height: 100% }
.cm-mergeViewEditors { min-height: 100% }
.cm-mergeViewEditor { min-width: 0 }
.cm-mergeViewEditor + .cm-mergeViewEditor { border-left: 1px solid var(--line) }
.is-void .cm-merge-b { visibility: hidden }
`;
