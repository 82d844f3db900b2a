// The text that the page judges, and its bytes.

const byteOrderMark = "\uFEFF";

// A Source is a text with its bytes. They stay what they were in the file until
// somebody edits the text; then they are the text's, with the byte order mark and
// the line ends that the file had.
export interface Source {
  name: string;
  example: string; // its name, if it is one
  bytes: Uint8Array;
  text: string; // as an editor has it, without a byte order mark
}

// decode returns the text of bytes, without a byte order mark.
export const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

export function fromBytes(name: string, bytes: Uint8Array, example = ""): Source {
  return { name, example, bytes, text: decode(bytes) };
}

// edited returns a source with another text, whose lines end with "\n".
export function edited(source: Source, text: string): Source {
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(source.bytes);
  const crlf = before.split("\r\n").length - 1;
  const lf = before.split("\n").length - 1 - crlf;
  const mark = before.startsWith(byteOrderMark) ? byteOrderMark : "";
  const ended = crlf > lf ? text.replaceAll("\n", "\r\n") : text;
  return { name: source.name, example: "", bytes: new TextEncoder().encode(mark + ended), text };
}

// save has the browser write a file.
export function save(name: string, content: Uint8Array | string, type: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content as BlobPart], { type }));
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// named returns the name of a file with another ending, for what is made of it.
export function named(name: string, ending: string): string {
  const base = name.replace(/^.*[/\\]/, "") || "template.yaml";
  return ending ? base.replace(/\.[^.]*$/, "") + ending : base;
}
