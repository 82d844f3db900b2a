// What the page says about an answer in words.

import { element, plural, shown } from "./dom";
import type { Finding, Result } from "./engine";

export interface Verdict { headline: string; isOpen: boolean; isGood: boolean; lines: Node[] }

const count = (findings: Finding[] | null, kind: Finding["kind"]) => (findings ?? []).filter((f) => f.kind === kind).length;

const paragraph = (...children: (Node | string)[]) => element("p", {}, ...children);

// tell says whether a text is locked, what is changed, and what is left.
export function tell(answer: Result, isEmpty: boolean): Verdict {
  if (isEmpty) return { headline: "Paste a template", isOpen: false, isGood: false, lines: [paragraph("Or open one, or take an example.")] };
  if (answer.invalid) {
    const at = answer.invalid.at ? `Line ${answer.invalid.at}: ` : "";
    return { headline: "This cannot be judged", isOpen: true, isGood: false, lines: [paragraph(at + shown(answer.invalid.message)), ...hint(answer.invalid.hint)] };
  }
  const open = count(answer.findings, "open"), notes = count(answer.findings, "note"), accepted = count(answer.findings, "accepted");
  const lines: Node[] = [];
  if (answer.refused) {
    const at = answer.refused.at ? `Line ${answer.refused.at}: ` : "";
    lines.push(paragraph(`It cannot be locked as asked. ${at}${shown(answer.refused.message)}`), ...hint(answer.refused.hint));
  } else {
    lines.push(paragraph(changes(answer)));
  }
  const also = [notes > 0 ? plural(notes, "note") : "", accepted > 0 ? `${accepted} accepted` : ""].filter(Boolean);
  if (also.length > 0) lines.push(paragraph(`Also: ${also.join(", ")}.`));
  const pass = Object.entries(answer.parameters ?? {}).map(([key, value]) => `${key}=${value}`);
  if (pass.length > 0 && answer.diff) lines.push(paragraph("Pass at the next deployment: ", element("code", {}, shown(pass.join(" ")))));
  if (answer.now?.isNothing) return { headline: "This template launches no nodes", isOpen: false, isGood: false, lines };
  const headline = open > 0 ? `${plural(open, "place is", "places are")} not locked` : notes > 0 ? "Nothing open was found" : "Locked";
  return { headline, isOpen: open > 0, isGood: open === 0 && notes === 0, lines };
}

const hint = (text: string): Node[] => (text ? [paragraph(`Hint: ${shown(text)}`)] : []);

function changes(answer: Result): string {
  const made = count(answer.changes, "change"), left = count(answer.left, "open");
  if (made === 0) return left > 0 ? "imdslock changes nothing here with these options." : "Nothing has to change.";
  const then = left > 0 ? `${plural(left, "place stays", "places stay")} open.` : "Then nothing is open.";
  return `imdslock makes ${plural(made, "change")}. ${then}`;
}
