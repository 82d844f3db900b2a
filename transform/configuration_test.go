package transform_test

import (
	"strings"
	"testing"

	"github.com/imdslock/imdslock/transform"
)

func TestSetParameters(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"new", "", "{\n  \"Parameters\": {\n    \"DisableIMDSv1\": \"true\"\n  }\n}\n"},
		{"empty object", "{}", "{\"Parameters\": {\"DisableIMDSv1\": \"true\"}}"},
		{"empty parameters", "{\n\t\"Parameters\" : { }\n}", "{\n\t\"Parameters\" : {\n\t\t\"DisableIMDSv1\": \"true\"\n\t}\n}"},
		{"other values", "{\n  \"Parameters\": {\n    \"A\": \"1\"\n  },\n  \"Tags\": {\"a\\/b\": \"c\"}\n}\n", "{\n  \"Parameters\": {\n    \"A\": \"1\",\n    \"DisableIMDSv1\": \"true\"\n  },\n  \"Tags\": {\"a\\/b\": \"c\"}\n}\n"},
		{"false", `{"Parameters":{"DisableIMDSv1":"false"}}`, `{"Parameters":{"DisableIMDSv1":"true"}}`},
		{"no string", `{"Parameters":{"DisableIMDSv1":false}}`, `{"Parameters":{"DisableIMDSv1":"true"}}`},
		{"true, but no string", `{"Parameters":{"DisableIMDSv1": true}}`, `{"Parameters":{"DisableIMDSv1": "true"}}`},
		{"true", "{\"Parameters\":\r\n{\"DisableIMDSv1\" :\"true\"}}", "{\"Parameters\":\r\n{\"DisableIMDSv1\" :\"true\"}}"},
		{"only a policy", "{\n\t\"StackPolicy\": {}\n}\n", "{\n\t\"StackPolicy\": {},\n\t\"Parameters\": {\n\t\t\"DisableIMDSv1\": \"true\"\n\t}\n}\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			values := map[string]string{"DisableIMDSv1": "true"}
			got, err := transform.SetParameters([]byte(test.src), values)
			if err != nil || string(got) != test.want {
				t.Errorf("got %q, %v\nwant %q", got, err, test.want)
			}
			again, err := transform.SetParameters(got, values)
			if err != nil || string(again) != string(got) {
				t.Errorf("a second time it is %q, %v", again, err)
			}
		})
	}
	for src, want := range map[string]string{
		"[]":                "1:1: a template configuration is a JSON object",
		" ":                 "1:1: a template configuration is a JSON object",
		"Parameters: {}":    "1:1: a template configuration is a JSON object",
		"{Parameters: {}}":  "1:1: a template configuration is JSON, not YAML",
		`{"Parameters": 1}`: "1:16: Parameters is not an object",
		`{"Parameters": `:   "1:16: not JSON: the template ends too early",
	} {
		if strings.HasPrefix(want, "1:1:") {
			if got, err := transform.SetParameters([]byte(src), nil); err == nil || err.Error() != want {
				t.Errorf("%s, no values: got %q, %v, want %s", src, got, err, want)
			}
		}
		if got, err := transform.SetParameters([]byte(src), map[string]string{"A": "b"}); err == nil || err.Error() != want {
			t.Errorf("%s: got %q, %v, want %s", src, got, err, want)
		}
	}
}
