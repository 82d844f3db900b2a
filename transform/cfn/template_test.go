package cfn

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// spans lists the source of every value, by its path.
func spans(t *testing.T, src string) []string {
	t.Helper()
	tmpl := parse(t, src)
	var all []string
	var visit func(path string, n *Node)
	visit = func(path string, n *Node) {
		if path != "" {
			all = append(all, fmt.Sprintf("%s=%s", path, tmpl.src[n.Span.Start:n.Span.End]))
		}
		for _, p := range n.Pairs {
			visit(strings.TrimPrefix(path+"."+p.Key.Value, "."), p.Value)
		}
		for i, item := range n.Items {
			visit(fmt.Sprintf("%s[%d]", path, i), item)
		}
	}
	visit("", tmpl.Root())
	return all
}

func parse(t *testing.T, src string) *Template {
	t.Helper()
	tmpl, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func TestSpans(t *testing.T) {
	for _, test := range []struct {
		name, src string
		want      []string
	}{
		{"plain", "a : 2 # two\nb: x  y\n", []string{"a=2", "b=x  y"}},
		{"plain over lines", "a: one\n  two #c\n  \nb: http://x:1/#y\n", []string{"a=one\n  two", "b=http://x:1/#y"}},
		{"quoted", "a: 'it''s'\nb: \"q \\\" \\\\\"\nc: 'x\n\n  y'\n", []string{"a='it''s'", "b=\"q \\\" \\\\\"", "c='x\n\n  y'"}},
		{"empty", "a:\nb: \nc: ''\nd: # none\n", []string{"a=", "b=", "c=''", "d="}},
		{"literal", "a: |\n  x\n\n  y\n\n# c\nb: |-\n x\nc: |+\n x\n\nd: 1\n", []string{"a=|\n  x\n\n  y\n", "b=|-\n x\n", "c=|+\n x\n\n", "d=1"}},
		{"indicator", "a: |2-  # c\n    x\n  y\nb: 1\n", []string{"a=|2-  # c\n    x\n  y\n", "b=1"}},
		{"folded", "a: >\n  x\n  y\n\n   z\n\nb: >-\n  x", []string{"a=>\n  x\n  y\n\n   z\n", "b=>-\n  x"}},
		{"flow", "a: {b: [1, 'x]', {}], c: }\nd: [ # c\n  x,\n]\n", []string{"a={b: [1, 'x]', {}], c: }", "a.b=[1, 'x]', {}]", "a.b[0]=1", "a.b[1]='x]'", "a.b[2]={}", "a.c=", "d=[ # c\n  x,\n]", "d[0]=x"}},
		{"pair in a flow sequence", "a: [b: c, d]\n", []string{"a=[b: c, d]", "a[0]=b: c", "a[0].b=c", "a[1]=d"}},
		{"tag", "a: !Sub x\nb: !If [c, 1, 2]\nd: !Base64\n  \"Fn::Sub\": |\n    x\n", []string{"a=!Sub x", "a.Fn::Sub=x", "b=!If [c, 1, 2]", "b.Fn::If=[c, 1, 2]", "b.Fn::If[0]=c", "b.Fn::If[1]=1", "b.Fn::If[2]=2",
			"d=!Base64\n  \"Fn::Sub\": |\n    x\n", "d.Fn::Base64=\"Fn::Sub\": |\n    x\n", "d.Fn::Base64.Fn::Sub=|\n    x\n"}},
		{"tag on a sequence", "a: !Join # c\n  - ''\n  - - x\nb: !Ref\n  c\n", []string{"a=!Join # c\n  - ''\n  - - x", "a.Fn::Join=- ''\n  - - x", "a.Fn::Join[0]=''", "a.Fn::Join[1]=- x", "a.Fn::Join[1][0]=x", "b=!Ref\n  c", "b.Ref=c"}},
		{"standard tag and anchor", "a: !!str 1\nb: &x !Ref y\nc: *x\nd: &m\n  e: 1\n", []string{"a=!!str 1", "b=&x !Ref y", "b.Ref=y", "c=*x", "d=&m\n  e: 1", "d.e=1"}},
		{"no indentation of a sequence", "a:\n- x\n- b: 1\n  c: 2\nd: 3", []string{"a=- x\n- b: 1\n  c: 2", "a[0]=x", "a[1]=b: 1\n  c: 2", "a[1].b=1", "a[1].c=2", "d=3"}},
		{"CRLF and byte order mark", "\uFEFFa: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n", []string{"a=1", "b=|\r\n  x\r\n  y\r\n", "c=2"}},
		{"other line breaks", "a: 1 # \u2028x: \u0085b: {c: 'é', d: 2}\r", []string{"a=1", "x=", "b={c: 'é', d: 2}", "b.c='é'", "b.d=2"}},
		{"document markers", "--- # first\na: 1\n...\n", []string{"a=1"}},
		{"JSON", "{\"a\" :1,\t\"b\\/\": [true , \"\\ud83d\\ude00\"],\r\n\"c\":{}}", []string{"a=1", "b/=[true , \"\\ud83d\\ude00\"]", "b/[0]=true", "b/[1]=\"\\ud83d\\ude00\"", "c={}"}},
		{"YAML that starts with a brace", "{a: 1, b: [x]}\n", []string{"a=1", "b=[x]", "b[0]=x"}},
		{"single quotes at the end", "a: ''''\nb: 'x'''", []string{"a=''''", "b='x'''"}},
		{"double quotes at the end", "a: \"\\\\\"\nb: \"x\\\"\"", []string{"a=\"\\\\\"", "b=\"x\\\"\""}},
		{"plain at the end", "a: b\n  c", []string{"a=b\n  c"}},
		{"plain with empty lines", "a: b\n\n   c # d\nd: b\n", []string{"a=b\n\n   c", "d=b"}},
		{"block scalars without text", "a: |\nb: |+\n\n\nc: >\nd: >-\n\ne: 1\n", []string{"a=|", "b=|+\n\n\n", "c=>", "d=>-", "e=1"}},
		{"literal at the end", "a: |", []string{"a=|"}},
		{"block scalars before comments", "a: |\n  x\n # c\nb: >\n  x\n # c\n", []string{"a=|\n  x\n", "b=>\n  x\n"}},
		{"folded that keeps", "a: >+\n  x\n\n\nb: >\n  x\n\n\nc: >-\n  x\n\n", []string{"a=>+\n  x\n\n\n", "b=>\n  x\n", "c=>-\n  x\n"}},
		{"folded that keeps at the end", "a: >+\n  x\n\n", []string{"a=>+\n  x\n\n"}},
		{"folded with an indicator", "a: >2\n    x\n   y\n\nb: >1-\n  x\n z\nc: 1\n", []string{"a=>2\n    x\n   y\n", "b=>1-\n  x\n z\n", "c=1"}},
		{"folded with empty lines of spaces", "a: >\n  x\n \n     \n  y\nb: 1\n", []string{"a=>\n  x\n \n     \n  y\n", "b=1"}},
		{"empty brackets", "a: []\nb: { }\nc: [\n]\nd: { # c\n  }", []string{"a=[]", "b={ }", "c=[\n]", "d={ # c\n  }"}},
		{"a comma at the end", "a: [b, ]\nc: {d: , }\ne: [!Ref x ,]\n", []string{"a=[b, ]", "a[0]=b", "c={d: , }", "c.d=", "e=[!Ref x ,]", "e[0]=!Ref x", "e[0].Ref=x"}},
		{"a key alone in brackets", "a: {b, c: [d: e]}\n", []string{"a={b, c: [d: e]}", "a.b=", "a.c=[d: e]", "a.c[0]=d: e", "a.c[0].d=e"}},
		{"a hash in brackets", "a: [b#c, 'd' # e\n]\n", []string{"a=[b#c, 'd' # e\n]", "a[0]=b#c", "a[1]='d'"}},
		{"a tag before nothing", "a: !Ref\nb: [!Ref , !GetAZs ]\nc: !!str\nd: &x\n", []string{"a=!Ref", "a.Ref=", "b=[!Ref , !GetAZs ]", "b[0]=!Ref", "b[0].Ref=", "b[1]=!GetAZs", "b[1].Fn::GetAZs=", "c=!!str", "d=&x"}},
		{"a tag and an anchor", "a: !Ref &x y\nb: &z\n  !Sub\n  'y'\nc: !!map {d: *x}\n", []string{"a=!Ref &x y", "a.Ref=y", "b=&z\n  !Sub\n  'y'", "b.Fn::Sub='y'", "c=!!map {d: *x}", "c.d=*x"}},
		{"an anchor on the first key", "a:\n  &x b: 1\nc:\n  !!str d: 1\ne: &y\n  &z f: 1\n", []string{"a=&x b: 1", "a.b=1", "c=!!str d: 1", "c.d=1", "e=&y\n  &z f: 1", "e.f=1"}},
		{"tags that are no functions", "a: ! b\nb: !<tag:yaml.org,2002:str> c\nc: !!binary Yg==\n", []string{"a=! b", "b=!<tag:yaml.org,2002:str> c", "c=!!binary Yg=="}},
		{"a tag with an escape", "a: !R%65f b\n", []string{"a=!R%65f b", "a.Fn::R%65f=b"}},
		{"tags in brackets", "a: [!GetAtt x.y, !Ref z]\n", []string{"a=[!GetAtt x.y, !Ref z]", "a[0]=!GetAtt x.y", "a[0].Fn::GetAtt=x.y", "a[1]=!Ref z", "a[1].Ref=z"}},
		{"Condition", "a: !Condition b\nc: !Not [!Condition d]\n", []string{"a=!Condition b", "a.Condition=b", "c=!Not [!Condition d]", "c.Fn::Not=[!Condition d]", "c.Fn::Not[0]=!Condition d", "c.Fn::Not[0].Condition=d"}},
		{"characters of several bytes on a line", "ä: {ö: é, ü: [€, 𝄞]}\n", []string{"ä={ö: é, ü: [€, 𝄞]}", "ä.ö=é", "ä.ü=[€, 𝄞]", "ä.ü[0]=€", "ä.ü[1]=𝄞"}},
		{"a question mark", "? a\n: b\n? c\n", []string{"a=b", "c="}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, spans(t, test.src)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPosition(t *testing.T) {
	tmpl := parse(t, "\uFEFFé: 1\r\nb: [ü, x]\n")
	for _, test := range []struct {
		at   string
		want string
	}{
		{"é", "1:1"}, {"1", "1:4"}, {"b", "2:1"}, {"x", "2:8"},
	} {
		if got := tmpl.Position(strings.Index(string(tmpl.src), test.at)).String(); got != test.want {
			t.Errorf("position of %q is %s, want %s", test.at, got, test.want)
		}
	}
}
