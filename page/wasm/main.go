//go:build js && wasm

// Command wasm is the engine for the page's worker. It adds one function to the
// worker, imdslock(name, bytes, options), which takes the name of a file, its
// bytes and the JSON of options, and returns an object: answer, JSON; output and
// before, bytes or null.
package main

import (
	"context"
	"encoding/json"
	"syscall/js"

	"github.com/imdslock/imdslock/page/engine"
)

func main() {
	js.Global().Set("imdslock", js.FuncOf(run))
	js.Global().Set("imdslockRules", js.FuncOf(rules))
	select {}
}

// run answers a call from JavaScript.
func run(_ js.Value, args []js.Value) any {
	input := make([]byte, args[1].Length())
	js.CopyBytesToGo(input, args[1])
	var opts engine.Options
	answer := engine.Answer{}
	if err := json.Unmarshal([]byte(args[2].String()), &opts); err != nil {
		answer.Invalid = &engine.Problem{Message: err.Error()}
	} else {
		answer = engine.Run(context.Background(), args[0].String(), input, opts)
	}
	return map[string]any{"answer": encoded(answer), "output": bytes(answer.Output), "before": bytes(answer.Before)}
}

// rules returns the JSON of what all rules mean.
func rules(js.Value, []js.Value) any { return encoded(engine.Rules()) }

func encoded(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // its types have no other
	}
	return string(text)
}

// bytes copies bytes to JavaScript.
func bytes(b []byte) js.Value {
	if b == nil {
		return js.Null()
	}
	array := js.Global().Get("Uint8Array").New(len(b))
	js.CopyBytesToJS(array, b)
	return array
}
