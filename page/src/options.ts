// The options of the command, by their names there.

export interface Options {
  "hop-limit": number;
  imdsv1: string;
  iptables: string;
  "branch-eni": boolean;
  "launch-template-version": string;
  "add-launch-template": boolean;
  resource: string[];
  os: string;
  parameter: Record<string, string>;
}

export const defaults = (): Options => ({
  "hop-limit": 1, imdsv1: "lock", iptables: "auto", "branch-eni": true,
  "launch-template-version": "latest", "add-launch-template": false, resource: [], os: "", parameter: {},
});

// The words that an option takes, where there are only some.
export const words: Record<string, string[]> = {
  imdsv1: ["lock", "default", "literal", "keep"],
  iptables: ["auto", "aws", "strict", "off"],
  "launch-template-version": ["latest", "keep"],
  os: ["", "linux", "windows"],
};

// read returns what the controls say.
export function read(form: HTMLFormElement): Options {
  const options = defaults();
  const fields = form.elements as HTMLFormControlsCollection & Record<string, HTMLInputElement | HTMLSelectElement>;
  const limit = Number(fields["hop-limit"].value);
  options["hop-limit"] = Number.isInteger(limit) && fields["hop-limit"].value !== "" ? limit : -1;
  for (const name of ["imdsv1", "iptables", "launch-template-version", "os"] as const) options[name] = fields[name].value;
  for (const name of ["branch-eni", "add-launch-template"] as const) options[name] = (fields[name] as HTMLInputElement).checked;
  options.resource = fields.resource.value.split(/[\s,]+/).filter(Boolean);
  for (const line of fields.parameter.value.split("\n")) {
    const at = line.indexOf("=");
    if (at > 0) options.parameter[line.slice(0, at).trim()] = line.slice(at + 1);
  }
  return options;
}

// write sets the controls.
export function write(form: HTMLFormElement, options: Options): void {
  const fields = form.elements as HTMLFormControlsCollection & Record<string, HTMLInputElement | HTMLSelectElement>;
  fields["hop-limit"].value = String(options["hop-limit"]);
  for (const name of ["imdsv1", "iptables", "launch-template-version", "os"] as const) fields[name].value = options[name];
  for (const name of ["branch-eni", "add-launch-template"] as const) (fields[name] as HTMLInputElement).checked = options[name];
  fields.resource.value = options.resource.join(" ");
  fields.parameter.value = Object.entries(options.parameter).map(([key, value]) => `${key}=${value}`).join("\n");
}

// given lists the options that differ from the defaults, as words of a command line.
function given(options: Options, isCheck: boolean): string[] {
  const usual = defaults();
  const list: string[] = [];
  for (const name of ["hop-limit", "imdsv1", "iptables", "launch-template-version", "os"] as const) {
    if (options[name] !== usual[name]) list.push(`--${name}`, String(options[name]));
  }
  if (!options["branch-eni"]) list.push("--branch-eni=false");
  if (options["add-launch-template"]) list.push("--add-launch-template");
  for (const id of options.resource) list.push("--resource", id);
  if (isCheck) for (const [key, value] of Object.entries(options.parameter)) list.push("--parameter", `${key}=${value}`);
  return list;
}

// quoted is a word of a shell, which takes what is between apostrophes as it is.
// Characters that have no picture, or that turn the direction of text, are written
// so that they can be seen.
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = word.replace(/['\\]/g, "\\$&").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => {
    const point = c.codePointAt(0)!;
    return point > 0xffff ? `\\U${point.toString(16).padStart(8, "0")}` : `\\u${point.toString(16).padStart(4, "0")}`;
  });
  return `$'${escaped}'`;
}

// commands returns the command lines that do what the page does.
export function commands(options: Options, name: string, size: number): { patch: string; check: string } {
  const file = quoted(name.startsWith("-") ? `./${name}` : name);
  const line = (...words: string[]) => words.map(quoted).join(" ");
  const limit = size > 1 << 20 ? ["--max-size", String(size)] : []; // the default is 1M
  return {
    patch: `${line("imdslock", ...given(options, false), ...limit, "-w")} ${file}`,
    check: `${line("imdslock", "check", ...given(options, true), ...limit)} ${file}`,
  };
}

// fragment returns the part of a link that has the options, and an example if there
// is one. Names of resources and parameters are those of a template: they are only
// in the link of an example.
export function fragment(options: Options, example: string): string {
  const usual = defaults();
  const query = new URLSearchParams();
  if (example) query.set("example", example);
  for (const name of ["hop-limit", "imdsv1", "iptables", "branch-eni", "launch-template-version", "add-launch-template", "os"] as const) {
    if (options[name] !== usual[name]) query.set(name, String(options[name]));
  }
  if (example) {
    for (const id of options.resource) query.append("resource", id);
    for (const [key, value] of Object.entries(options.parameter)) query.append("parameter", `${key}=${value}`);
  }
  return query.toString();
}

// parse reads a fragment. What is not understood is as if it were not there.
export function parse(text: string): { options: Options; example: string } {
  const query = new URLSearchParams(text.replace(/^#/, ""));
  const options = defaults();
  const limit = query.get("hop-limit") ?? "";
  if (/^\d{1,2}$/.test(limit) && Number(limit) <= 64) options["hop-limit"] = Number(limit);
  for (const name of ["imdsv1", "iptables", "launch-template-version", "os"] as const) {
    const word = query.get(name);
    if (word !== null && words[name].includes(word)) options[name] = word;
  }
  for (const name of ["branch-eni", "add-launch-template"] as const) {
    const word = query.get(name);
    if (word === "true" || word === "false") options[name] = word === "true";
  }
  const example = query.get("example") ?? "";
  if (example) {
    options.resource = query.getAll("resource").filter(Boolean);
    for (const pair of query.getAll("parameter")) {
      const at = pair.indexOf("=");
      if (at > 0) options.parameter[pair.slice(0, at)] = pair.slice(at + 1);
    }
  }
  return { options, example };
}
