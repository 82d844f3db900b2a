// The page's side of the worker.

import type { Options } from "./options";

export interface Place { line: number; column: number }
export interface Finding {
  rule: string; kind: "change" | "open" | "note" | "accepted"; logicalId: string; message: string; reason: string;
  at: string; start: Place; end: Place;
}
export interface Problem { message: string; hint: string; at: string; place: Place | null }
export type Reads = "any" | "IMDSv1" | "IMDSv2" | "no" | "unknown";
export interface Readers {
  pod: Reads; branch: Reads; other: Reads; node: Reads;
  tokens: boolean; hopLimit: boolean; iptables: "" | "eni" | "aws" | "strict"; isOld: boolean; isNothing: boolean;
}
export interface Answer {
  isWithin: boolean;
  findings: Finding[] | null; changes: Finding[] | null; left: Finding[] | null;
  parameters: Record<string, string> | null;
  invalid: Problem | null; refused: Problem | null;
  diff: string; sarif: string;
  now: Readers | null; then: Readers | null;
}
export interface Rule { rule: string; title: string; why: string; fix: string; source: string }
export interface Raw { answer: string; output: Uint8Array | null; before: Uint8Array | null }
export interface Request { id: number; name: string; input: Uint8Array; options: Options }
export interface Result extends Answer { output: Uint8Array | null; before: Uint8Array | null }

declare const WORKER: string; // the text of the worker, by the build

const patience = 60_000; // milliseconds after which the engine is stopped

// An Engine runs one request at a time. Of those that come in the meantime only
// the newest is run.
export class Engine {
  rules = new Map<string, Rule>();
  private worker?: Worker;
  private isReady = false;
  private running?: Request;
  private waiting?: Request;
  private timer = 0;
  private last = 0;

  constructor(
    private readonly packed: Uint8Array,
    private readonly show: (result: Result) => void,
    private readonly busy: (isBusy: boolean) => void,
  ) {}

  ask(name: string, input: Uint8Array, options: Options): void {
    this.waiting = { id: ++this.last, name, input, options };
    this.busy(true);
    if (!this.worker) this.start();
    this.next();
  }

  private start(): void {
    const url = URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" }));
    this.worker = new Worker(trusted(url));
    this.worker.onmessage = (event) => this.hear(event.data);
    this.worker.onerror = (event) => this.fail(`the engine failed: ${event.message}`);
    const copy = this.packed.slice().buffer;
    this.worker.postMessage({ wasm: copy }, [copy]);
  }

  private next(): void {
    if (!this.isReady || this.running || !this.waiting) return;
    this.running = this.waiting;
    this.waiting = undefined;
    this.timer = window.setTimeout(() => this.fail("the engine took more than a minute and was stopped; the command may take longer"), patience);
    this.worker!.postMessage(this.running);
  }

  private hear(data: { rules?: string; failed?: string; id?: number; raw?: Raw }): void {
    if (data.failed) return this.fail(data.failed);
    if (data.rules) {
      for (const rule of JSON.parse(data.rules) as Rule[]) this.rules.set(rule.rule, rule);
      this.isReady = true;
      return this.next();
    }
    window.clearTimeout(this.timer);
    this.running = undefined;
    if (!this.waiting && data.raw) {
      this.busy(false);
      this.show({ ...(JSON.parse(data.raw.answer) as Answer), output: data.raw.output, before: data.raw.before });
    }
    this.next();
  }

  // fail ends the worker; another starts with the next request. One that never got
  // ready would not do better a second time.
  private fail(message: string): void {
    window.clearTimeout(this.timer);
    if (!this.isReady) this.waiting = undefined;
    this.worker?.terminate();
    this.worker = undefined;
    this.isReady = false;
    this.running = undefined;
    if (this.waiting) {
      this.start();
      return;
    }
    this.busy(false);
    const invalid = { message, hint: "", at: "", place: null };
    this.show({
      isWithin: false, findings: null, changes: null, left: null, parameters: null, invalid, refused: null,
      diff: "", sarif: "", now: null, then: null, output: null, before: null,
    });
  }
}

// trusted allows the one script that the page starts, by its policy of trusted types.
function trusted(url: string): string {
  const types = (window as unknown as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(url: string): string } } }).trustedTypes;
  if (!types) return url;
  policy ??= types.createPolicy("imdslock-worker", { createScriptURL: (text: string) => text });
  return policy.createScriptURL(url);
}
let policy: { createScriptURL(url: string): string } | undefined;
