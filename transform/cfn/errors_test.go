package cfn

import "testing"

// TestParseErrors wants an error at the place of what is wrong, with the words of
// the notation that was meant.
func TestParseErrors(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"nothing", "", "1:1: the template is empty"},
		{"white space", " \n\t\n", "1:1: the template is empty"},
		{"a byte order mark alone", bom + "\n", "1:1: the template is empty"},
		{"comments alone", "# a\n", "1:1: the template is empty"},
		{"UTF-16", "\xff\xfea\x00", "1:1: the template is UTF-16, not UTF-8"},
		{"UTF-16, big-endian", "\xfe\xff\x00a", "1:1: the template is UTF-16, not UTF-8"},
		{"a NUL byte", "a: \x00", "1:4: NUL byte: the template is not text"},
		{"an invalid byte", "ä: ü\nb: \xff", "2:4: invalid UTF-8 byte 0xff"},
		{"the replacement character is none", "a: \uFFFD\n- b\n", "2:1: not YAML: did not find expected key"},
		{"a list", "- a\n", "1:1: not a CloudFormation template: the document is not a mapping (NotTemplate) (a template is a mapping with Resources; of Terraform or the CDK it is what they make)"},
		{"a list in JSON", "[1]\n", "1:1: not a CloudFormation template: the document is not a mapping (NotTemplate) (a template is a mapping with Resources; of Terraform or the CDK it is what they make)"},
		{"a list of braces", "{a: 1}: 2\n", "1:2: not JSON: invalid character 'a'"},
		{"a text", "Error: a\nb\n", "2:1: not YAML: could not find expected ':'"},
		{"two documents", "a: 1\n---\nb: 1\n", "2:1: not a CloudFormation template: a second YAML document (NotTemplate) (a template is one document)"},
		{"two documents, the second empty", "a: 1\n---\n", "2:1: not a CloudFormation template: a second YAML document (NotTemplate) (a template is one document)"},
		{"a mapping for a key", "a: 1\n? {b: 1}\n: 1\n", "2:3: a key of a mapping is not a string"},
		{"braces of a renderer", "a: {{ .Values.a }}\nb: {{resolve:ssm:x}}\n", "1:5: a key of a mapping is not a string (render it first: with {{ at line 1 it looks like the source of a template)"},
		{"them after a dynamic reference", "a: '{{resolve:ssm:x}}'\nb: x{{ if }}\nc: 1: 2\n", "3:4: not YAML: mapping values are not allowed in this context (render it first: with {{ at line 2 it looks like the source of a template)"},
		{"a dynamic reference alone", "a: '{{resolve:ssm:x}}'\nb: 1: 2\n", "2:4: not YAML: mapping values are not allowed in this context"},

		{"the end in an object", `{"a": 1`, "1:8: not JSON: the template ends too early"},
		{"the end after a key", `{"a"`, "1:5: not JSON: the template ends too early"},
		{"the end in a string", `{"a": "b`, "1:9: not JSON: the template ends too early"},
		{"the end after a line end", "{\n\"a\": [\n", "3:1: not JSON: the template ends too early"},
		{"a comma too much", `{"a": 1,,}`, "1:9: not JSON: invalid character ',' looking for beginning of object key string"},
		{"two commas", `{"a": [1,,2]}`, "1:10: not JSON: invalid character ',' looking for beginning of value"},
		{"no comma", "{\"a\": 1\n \"b\": 2}", "2:2: not JSON: invalid character '\"' after object key:value pair"},
		{"no colon", `{"a" 1}`, "1:6: not JSON: invalid character '1' after object key"},
		{"a number for a key", `{"a": {1: 2, "b": [}}`, "1:8: not JSON: invalid character '1'"},
		{"a bracket of the other kind", `{"a": [1}}`, "1:9: not JSON: invalid character '}' after array element"},
		{"an escape", `{"a": "\q" }`, "1:7: not JSON: invalid character 'q' in string escape code"},
		{"a tab in a string", "{\"a\": \"\t\", \"b\": [}", "1:7: not JSON: invalid character '\\t' in string literal"},
		{"a word", `{"a": nil, "b": [}`, "1:7: not JSON: invalid character 'i' in literal null (expecting 'u')"},
		{"a word that is not ASCII", `{"ä": é, "b": [}`, "1:7: not JSON: invalid character 'Ã' looking for beginning of value"},
		{"text after the end", "{\"a\": 1}\n  {\"b\": [}", "2:3: not JSON: text after the end of the template"},
		{"a comma after the end", "{\"a\": 1},[", "1:9: not JSON: text after the end of the template"},
		{"a byte order mark", bom + `{"a": ]`, "1:7: not JSON: invalid character ']' looking for beginning of value"},
		{"a renderer's braces in JSON", `{"a": {{x}}, "b": [}`, "1:8: not JSON: invalid character '{' (render it first: with {{ at line 1 it looks like the source of a template)"},
		{"a comment in JSON", "{\n  // x\n  \"a\": [}\n}", "2:3: not JSON: invalid character '/'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.src))
			got, ok := err.(*Error)
			if !ok {
				t.Fatalf("got %v", err)
			}
			text := got.Error()
			if got.NotTemplate {
				text += " (NotTemplate)"
			}
			if got.Hint != "" {
				text += " (" + got.Hint + ")"
			}
			if text != test.want {
				t.Errorf("got %s, want %s", text, test.want)
			}
		})
	}
}
