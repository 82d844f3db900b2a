package cfn

import (
	"strings"
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
		{"YES", "true"}, {"on", "true"}, {"On", "true"}, {"true", "true"}, {"TRUE", "true"}, {"no", "false"}, {"NO", "false"}, {"Off", "false"}, {"OFF", "false"},
		{"false", "false"}, {"False", "false"}, {"Y", unsure}, {"n", unsure}, {"=", unsure}, {"<<", unsure}, {"Null", unsure}, {"NULL", unsure},
		{"00", "0"}, {"-0", unsure}, {"0.0", unsure}, {"1.", unsure}, {"1.0", unsure}, {"-1.5", "-1.5"}, {"-0.5", "-0.5"}, {"0.25", "0.25"}, {"0.20", unsure}, {"10.5", "10.5"},
		{"123456789012345678", "123456789012345678"}, {"1234567890123456789", unsure}, {"0777777777777777777777777", unsure},
		{"1.5e3", unsure}, {"+.5", unsure}, {"-.5", unsure}, {"-.inf", unsure}, {".NaN", unsure}, {".infinite", ".infinite"}, {"0b1", unsure}, {"-0xF", unsure}, {"0xg", "0xg"},
		{"1:30:00.5", unsure}, {"1:60", "1:60"}, {"2026-1-3", unsure}, {"2026-01-31T10:00:00Z", unsure}, {"2026-01-31 10:00", unsure}, {"2026-01-31x", "2026-01-31x"},
		{"-x", "-x"}, {"+", "+"}, {".", "."}, {"ami-1", "ami-1"}, {"&a '010'", "010"}, {"[]", unsure},
		{"!!int '8'", "8"}, {"!!bool yes", "true"}, {"!!int 010", "8"}, {"!!float 1", unsure}, {"!mine 1", unsure}, {"{}", unsure}, {"*a", unsure},
	} {
		tmpl := parse(t, "B: &a b\nA: "+test.written+"\n")
		if strings.HasPrefix(test.written, "&a ") {
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
