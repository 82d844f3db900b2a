package userdata

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// shortCommands names the commands of a block.
func shortCommands(commands []string) string {
	names := map[string]string{
		installServices: "install", dropForwarded: "rule", dropForwardedIPv6: "rule6", dropBranchENI: "branch", dropBranchENIIPv6: "branch6",
		saveRules: "save", enableServices: "enable", saveRulesIPv6: "save6", enableServicesIPv6: "enable6",
	}
	var all []string
	for _, c := range commands {
		all = append(all, names[c])
	}
	return strings.Join(all, " ")
}

// TestCommandsOfBlock has what a block consists of, by what is missing.
func TestCommandsOfBlock(t *testing.T) {
	none, branch, v6, both := Block{Mode: AWS}, Block{BranchENI: true}, Block{IPv6: true}, Block{BranchENI: true, IPv6: true}
	for _, test := range []struct {
		block Block
		m     missing
		want  string
	}{
		{none, missing{all: true}, "install rule save enable"},
		{branch, missing{all: true}, "install rule branch save enable"},
		{v6, missing{all: true}, "install rule rule6 save enable save6 enable6"},
		{both, missing{all: true}, "install rule rule6 branch branch6 save enable save6 enable6"},
		{both, missing{}, ""},
		{none, missing{rule: true}, "rule"},
		{none, missing{rule: true, service: true}, "install rule enable"},
		{none, missing{save: true}, "save"},
		{none, missing{save: true, service: true}, "install save enable"},
		{none, missing{service: true}, "install"},
		{none, missing{ipv6: true}, ""},
		{branch, missing{branchENI: true}, "branch save"},
		{branch, missing{branchENI: true, service: true}, "install branch save enable"},
		{v6, missing{ipv6: true}, "rule6 save6 enable6"},
		{v6, missing{save: true}, "save save6"},
		{v6, missing{save: true, service: true}, "install save enable save6 enable6"},
		{v6, missing{service: true}, "install"},
		{both, missing{ipv6: true}, "rule6 branch6 save6 enable6"},
		{both, missing{branchENI: true}, "branch branch6 save save6"},
		{both, missing{branchENI: true, service: true}, "install branch branch6 save enable save6 enable6"},
	} {
		if got := shortCommands(test.block.commands(test.m)); got != test.want {
			t.Errorf("%+v, %+v: %s, not %s", test.block, test.m, got, test.want)
		}
	}
	if got := strings.Join(Block{Mode: Strict, IPv6: true}.commands(missing{}), "\n"); got != strictCommands {
		t.Errorf("strict: %s", got)
	}
	if got := goingOn([]string{"a", "b"}); !slices.Equal(got, []string{"set +e", "a", "b", "set -e"}) {
		t.Errorf("%q", got)
	}
}

// TestBeside has what may do beside rules by hand, by what is wrong with them.
func TestBeside(t *testing.T) {
	for _, test := range []struct {
		codes string
		block Block
		want  string
	}{
		{"", bothRules, ""},
		{"undone not-judged without-token not-mime", bothRules, ""},
		{"unsaved", bothRules, "save | install save enable"},
		{"replaced", bothRules, "save | install save enable"},
		{"branch-eni-unsaved", bothRules, "save | install save enable"},
		{"branch-eni-absent", bothRules, "branch save | install branch save enable"},
		{"branch-eni-absent unsaved not-judged", bothRules, "branch save | install branch save enable"},
		{"ipv6-absent", Block{IPv6: true}, "rule6 save6 enable6 | install rule6 save6 enable6"},
		{"absent", bothRules, "install rule save enable"},
		{"absent", Block{BranchENI: true, IPv6: true}, "install rule rule6 branch6 save enable save6 enable6"},
		{"absent", Block{}, ""},
		{"late", bothRules, ""},
		{"unsaved late", bothRules, ""},
		{"too-large", bothRules, ""},
		{"unsaved", Block{Mode: Strict}, ""},
	} {
		var problems []Problem
		for _, code := range strings.Fields(test.codes) {
			problems = append(problems, Problem{Code: Code(code)})
		}
		var got []string
		for _, commands := range beside(problems, test.block) {
			got = append(got, shortCommands(commands))
		}
		if strings.Join(got, " | ") != test.want {
			t.Errorf("%s: %q, not %s", test.codes, got, test.want)
		}
	}
}

// TestEndsAtError has #! lines after which a script ends at the first error.
func TestEndsAtError(t *testing.T) {
	for text, want := range map[string]bool{
		"#!/bin/bash -e\n": true, "#!/bin/bash -xe": true, "#! /bin/sh -u -e\n": true, "#!/bin/bash\nset -e\n": false, "#!/bin/bash - e\n": false, "#!/bin/bash -x\n": false,
		"#!/bin/bash --posix --noprofile\n": false, "#!/bin/bash e\n": false, "# -e\n": false, "": false,
	} {
		if got := endsAtError(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestFindMarked has texts in which B and E stand for the lines around a block.
func TestFindMarked(t *testing.T) {
	lines := strings.NewReplacer("B", Begin, "E", End)
	for text, want := range map[string]string{
		"": "", "x\n": "", "B\nx\n": "", "E\nx\nB\n": "",
		"x\nB\na\nE\ny\n":          `"B\na\nE\n" indented ""`,
		"  B\n  a\n\tE \r\ny\n":    `"  B\n  a\n\tE \r\n" indented "  "`,
		"B\na\nE":                  `"B\na\nE" indented ""`,
		"E\nB\nE\n":                `"B\nE\n" indented ""`,
		"B\na\nB\nE\nb\nE\n":       `"B\nE\n" indented ""`,
		"B\nE\nx\n B\nE\n":         `"B\nE\n" indented "", " B\nE\n" indented " "`,
		"xB\na\nE\n# B\nb\nB\nE":   `"B\nE" indented ""`,
		"B\nE\nE\nB\na\nE\nB\nx\n": `"B\nE\n" indented "", "B\na\nE\n" indented ""`,
	} {
		text = lines.Replace(text)
		var got []string
		for _, m := range findMarked(text) {
			got = append(got, fmt.Sprintf("%q indented %q", text[m.start:m.end], m.indent))
		}
		if strings.Join(got, ", ") != lines.Replace(want) {
			t.Errorf("%q: %s, not %s", text, got, want)
		}
	}
}

// TestRewritten writes other commands into a block, in the way in which it is written.
func TestRewritten(t *testing.T) {
	lines := strings.NewReplacer("B", Begin, "E", End)
	for _, test := range []struct{ text, commands, want string }{
		{"x\nB\na\nE\ny\n", "c d", "x\nB\nc\nd\nE\ny\n"},
		{"x\n  B\n  a\n  E\ny\n", "c d", "x\n  B\n  c\n  d\n  E\ny\n"},
		{"x\n  B\n  a\n  E\ny\n", "c<<X d", "x\nB\nc<<X\nd\nE\ny\n"},
		{"B\r\na\r\nE\r\n", "c", "B\r\nc\r\nE\r\n"},
		{"B\na\nE", "c", "B\nc\nE"},
		{" B\n - a\n E\n", "c d", " B\n - c\n - d\n E\n"},
		{" B\n - a\n E\n", "c<<X d", " B\n - |\n   c<<X\n   d\n E\n"},
		{" B\n \"a\",\n E\n", "c d", " B\n \"c\",\n \"d\",\n E\n"},
	} {
		text := lines.Replace(test.text)
		m := findMarked(text)[0]
		if got := Apply(text, []Change{m.rewritten(text, strings.Fields(test.commands))}); got != lines.Replace(test.want) {
			t.Errorf("%q: %q", test.text, got)
		}
	}
}
