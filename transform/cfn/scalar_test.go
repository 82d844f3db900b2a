package cfn

import (
	"testing"
)

// TestScalarText reads words as YAML 1.1 does; "?" is what is not certain.
func TestScalarText(t *testing.T) {
	const unsure = "?"
	for _, test := range []struct{ written, want string }{
		{"text", "text"}, {"t3.large", "t3.large"}, {"'yes'", "yes"}, {`"010"`, "010"}, {"!!str yes", "yes"}, {"&a yes", "true"},
		{"yes", "true"}, {"Yes", "true"}, {"ON", "true"}, {"True", "true"}, {"off", "false"}, {"No", "false"}, {"FALSE", "false"},
		{"yEs", "yEs"}, {"y", unsure}, {"N", unsure}, {"~", unsure}, {"null", unsure}, {"", unsure},
		{"8", "8"}, {"-8", "-8"}, {"0", "0"}, {"123456789012", "123456789012"}, {"010", "8"}, {"08", unsure}, {"0x1f", unsure}, {"+1", unsure},
		{"1_000", unsure}, {"1.28", "1.28"}, {"1.30", unsure}, {"0.5", "0.5"}, {"0.05", unsure}, {"1e3", unsure}, {".5", unsure}, {".inf", unsure},
		{"1:30", unsure}, {"2026-01-31", unsure}, {"1.2.3", "1.2.3"}, {"10.0.0.0/16", "10.0.0.0/16"}, {"8a", "8a"},
		{"!!int '8'", "8"}, {"!!bool yes", "true"}, {"!!int 010", "8"}, {"!!float 1", unsure}, {"!mine 1", unsure}, {"{}", unsure}, {"*a", unsure},
	} {
		tmpl := parse(t, "B: &a b\nA: "+test.written+"\n")
		if test.written == "&a yes" {
			tmpl = parse(t, "A: "+test.written+"\n")
		}
		got, ok := ScalarText(tmpl, tmpl.Root().Get("A"))
		if !ok {
			got = unsure
		}
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.written, got, test.want)
		}
	}
	for _, test := range []struct{ written, want string }{
		{"true", "true"}, {"10", "10"}, {"1.5", "1.5"}, {"1.50", unsure}, {"1e2", unsure}, {"null", unsure}, {`"yes"`, "yes"}, {`"010"`, "010"},
	} {
		tmpl := parse(t, `{"A": `+test.written+`}`)
		got, ok := ScalarText(tmpl, tmpl.Root().Get("A"))
		if !ok {
			got = unsure
		}
		if tmpl.Format() != JSON || got != test.want {
			t.Errorf("JSON %s: got %q, want %q", test.written, got, test.want)
		}
	}
}
