// Elements, made without a parser of HTML: untrusted texts stay texts.

type Child = Node | string | null | undefined;

export function element<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string>, ...children: Child[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children.filter((c): c is Node | string => c !== null && c !== undefined));
  return e;
}

export function svg(name: string, attributes: Record<string, string | number>, ...children: (Node | string)[]): SVGElement {
  const e = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, String(value));
  e.append(...children);
  return e;
}

export const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;

// shown writes characters that change the direction of text, or have no picture, so
// that they can be seen.
export const shown = (text: string): string =>
  text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => (c === "\n" ? c : `\\u${c.codePointAt(0)!.toString(16).padStart(4, "0")}`));

// plural counts things.
export const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
