// The worker runs the engine, so that the page stays responsive whatever the text
// is. The build puts Go's wasm_exec.js before it.

import type { Raw, Request } from "./engine";

declare class Go {
  importObject: WebAssembly.Imports;
  run(instance: WebAssembly.Instance): Promise<void>;
}
declare function imdslock(name: string, input: Uint8Array, options: string): Raw;
declare function imdslockRules(): string;

self.onmessage = async (event: MessageEvent<{ wasm: ArrayBuffer } | Request>) => {
  if ("wasm" in event.data) {
    try {
      await start(event.data.wasm);
    } catch (error) {
      self.postMessage({ failed: String(error) });
    }
    return;
  }
  const { id, name, input, options } = event.data;
  self.postMessage({ id, raw: imdslock(name, input, JSON.stringify(options)) });
};

// start unpacks the engine and has it wait for calls.
async function start(packed: ArrayBuffer): Promise<void> {
  const unpacked = new Response(packed).body!.pipeThrough(new DecompressionStream("gzip"));
  const go = new Go();
  const { instance } = await WebAssembly.instantiate(await new Response(unpacked).arrayBuffer(), go.importObject);
  void go.run(instance).then(() => self.postMessage({ failed: "the engine has ended" }));
  self.postMessage({ rules: imdslockRules() });
}
