package userdata

import (
	"strings"
	"testing"
)

// TestWrong has problems that the block must not leave, and those that it may.
func TestWrong(t *testing.T) {
	a := &attempt{}
	for _, code := range []Code{Undone, NotJudged, WithoutToken, NotMIME} {
		if p := a.wrong([]Problem{{Code: code}}); p != nil {
			t.Errorf("%s is wrong", code)
		}
	}
	for _, code := range []Code{Absent, Late, Unsaved, Replaced, NotStrict, BranchENIAbsent, BranchENIUnsaved, IPv6Absent, TooLarge} {
		if p := a.wrong([]Problem{{Code: Undone}, {Code: code}, {Code: Absent, At: 1}}); p == nil || p.Code != code || p.At != 0 {
			t.Errorf("%s is not wrong", code)
		}
	}
}

// TestBlockIn finds the block in the text after changes.
func TestBlockIn(t *testing.T) {
	for _, test := range []struct {
		changes    []Change
		start, end int
	}{
		{nil, 0, 0},
		{[]Change{{1, 1, "x"}}, 0, 0},
		{[]Change{{4, 4, Begin}}, 4, 4 + len(Begin)},
		{[]Change{{4, 6, "ab" + Begin + "c"}}, 6, 7 + len(Begin)},
		{[]Change{{0, 0, "abc"}, {4, 4, Begin}}, 7, 7 + len(Begin)},
		{[]Change{{0, 3, ""}, {2, 4, "a"}, {4, 4, "b" + Begin}}, 1, 1 + len(Begin)},
	} {
		start, end := blockIn(test.changes)
		if start != test.start || end != test.end {
			t.Errorf("%v: %d to %d, not %d to %d", test.changes, start, end, test.start, test.end)
		}
	}
}

// TestMoveAside has changes that leave room for the marked block to be removed, and
// not.
func TestMoveAside(t *testing.T) {
	const text = "#!/bin/sh\na\n"
	block := markedBlock(bothRules)
	start, end := len(text), len(text)+len(block)
	for _, test := range []struct {
		name    string
		changes []Change
		moves   bool
	}{
		{"before", []Change{{3, 3, "x"}}, true},
		{"right before", []Change{{start, start, "x"}}, true},
		{"up to it", []Change{{start - 1, start, "x"}}, true},
		{"into it", []Change{{start - 1, start + 1, "x"}}, false},
		{"within", []Change{{start + 1, start + 1, "x"}}, false},
		{"at its end", []Change{{end - 1, end - 1, "x"}}, false},
		{"right after", []Change{{end, end, "x"}}, true},
		{"over it", []Change{{start - 1, end + 1, "x"}}, false},
		{"two changes", []Change{{0, 0, "x"}, {end, end, "x"}}, false},
	} {
		a := &attempt{d: read(text + block + "b\n"), marked: findMarked(text + block + "b\n")}
		changes := test.changes
		if a.move(&changes) != test.moves {
			t.Errorf("%s: moves %v", test.name, !test.moves)
		} else if test.moves && strings.Contains(Apply(a.d.text, changes), Begin) {
			t.Errorf("%s: the block is still there: %v", test.name, changes)
		}
	}
	a := &attempt{d: read(text)}
	if changes := []Change{{0, 0, "x"}}; a.move(&changes) {
		t.Error("nothing is moved")
	}
}

// TestInScriptThatEnds has the ways to put commands into a script that ends at the
// first error.
func TestInScriptThatEnds(t *testing.T) {
	for _, test := range []struct {
		errexit bool
		mode    Mode
		want    string
	}{
		{false, AWS, "a"}, {false, Strict, "a"}, {true, AWS, "set +e a set -e"}, {true, Auto, "set +e a set -e"}, {true, Strict, "a | set +e a set -e"},
	} {
		a := &attempt{block: Block{Mode: test.mode}}
		var got []string
		for _, commands := range a.inScriptThatEnds(place{errexit: test.errexit}, []string{"a"}) {
			got = append(got, strings.Join(commands, " "))
		}
		if strings.Join(got, " | ") != test.want {
			t.Errorf("%v, %v: %q, not %s", test.errexit, test.mode, got, test.want)
		}
	}
}

// TestObjection says what is wrong with a text after a change.
func TestObjection(t *testing.T) {
	block := markedBlock(Block{Mode: AWS})
	script := plainScript + bang
	part := "--B\n" + script + block
	for _, test := range []struct {
		name, text, before, put string // where it is put is before that
		alone                   bool
		want                    string
	}{
		{"fine", bang + boot, boot, block, true, ""},
		{"after the kubelet", bang + boot + "true\n", "true", block, true, "the kubelet may start here, before the packets to the metadata service are dropped"},
		{"not read any more", bang + boot, bang, "\uFEFF" + block, true, "the byte order mark before its first line keeps cloud-init from running it"},
		{"too large", bang + boot, boot, block + "# " + strings.Repeat("x", MaxSize) + "\n", true, "with the commands it has 16700 bytes, and EC2 takes 16384"},
		{"nowhere", mime("Content-Type: text/x\n\nx\n"), "x\n--B--", block, true, "the commands would not run where they can be put"},
		{"in cloud-config that is not known", "#cloud-config\nlaunch-index: 1\n", "launch", Begin + "\n" + End + "\n", true, "it has a launch-index, and so runs on some instances only"},
		{"after an unknown script", mime("Content-Type: text/x-include-url\n\nhttp://x\n", script+boot), "--B\n" + script, part, false, "a part of it is an #include list, and what that fetches is not known, and that runs before the commands would"},
		{"after one of its stage, alone", mime(script+"true\n", script+boot), "--B\n" + script + boot, part, true, "its script part-001 runs before the commands would"},
		{"after one of its stage, not alone", mime(script+"true\n", script+boot), "--B\n" + script + boot, part, false, ""},
		{"after one of an earlier stage", mime("Content-Type: text/cloud-boothook\n\n"+bang+"true\n", script+boot), "--B\n" + script, part, true, ""},
		{"beside a block that is needed, in other words", bang + Begin + "\n" + drop + End + "\n" + install + saveTo + enableNow + boot, boot, Begin + "\ntrue\n" + End + "\n", false, "it has several marked blocks: remove all but one of them"},
		{"after another boothook", mime("Content-Type: text/cloud-boothook\n\n"+bang+"true\n", script+boot), "--B\n" + script, strings.Replace(part, "x-shellscript", "cloud-boothook", 1), true, ""},
	} {
		a := &attempt{d: read(test.text), block: Block{Mode: AWS}, marked: findMarked(test.text)}
		at := strings.Index(test.text, test.before)
		if got := a.objection([]Change{{at, at, test.put}}, test.alone); got != test.want {
			t.Errorf("%s: %q, not %q", test.name, got, test.want)
		}
	}
}

// TestWithoutMarked judges texts without their marked blocks.
func TestWithoutMarked(t *testing.T) {
	block, byHand := markedBlock(Block{Mode: AWS}), recipe
	for text, want := range map[string]string{
		bang + block + boot:                  "absent",
		bang + block + byHand + block + boot: "",
		bang + boot + block:                  "absent",
		bang + drop + block + boot:           "unsaved",
		bang + drop + boot:                   "unsaved",
	} {
		a := &attempt{d: read(text), marked: findMarked(text)}
		a.problems = a.d.problems(a.block)
		if got := codes(a.withoutMarked()); got != want {
			t.Errorf("%s: %s, not %s", text, got, want)
		}
	}
}

// TestBesideRules has rules by hand, and where what is missing is put beside them: at |.
func TestBesideRules(t *testing.T) {
	saved := join(between([]string{installServices, saveRules, enableServices}), "\n")
	for _, text := range []string{
		bang + drop + "|" + boot,
		bang + drop + "|true\n" + boot,
		mime(plainScript+bang+"true\n", plainScript+bang+drop+"|"+boot),
		mime(plainScript+bang+drop+"|", plainScript+bang+boot),
	} {
		before := strings.Replace(text, "|", "", 1)
		p, err := Protect(before, Block{Mode: AWS})
		if got := Apply(before, p.Changes); got != strings.Replace(text, "|", saved, 1) || err != nil {
			t.Errorf("%s: %v, %s", text, err, got)
		}
	}
	const config = "#cloud-config\nruncmd:\n"
	listed := indented(strings.Split(strings.TrimSpace(install+drop+saveTo+enableNow+boot), "\n"), "- ", "\n")
	p, err := Protect(config+listed, bothRules)
	if got, want := Apply(config+listed, p.Changes), config+indented(items([]string{dropBranchENI, saveRules}), "", "\n")+listed; got != want || err != nil {
		t.Errorf("beside items by hand: %v, %s", err, got)
	}
}

// TestIsDoubted compares what is not judged before and after changes.
func TestIsDoubted(t *testing.T) {
	none, some := []Problem{{Code: Undone}}, []Problem{{Code: Undone}, {Code: NotJudged}}
	for _, test := range []struct {
		before, after []Problem
		want          bool
	}{{none, none, false}, {none, some, true}, {some, some, false}, {some, none, false}} {
		a := &attempt{problems: test.before, after: &attempt{problems: test.after}}
		if got := a.isDoubted(); got != test.want {
			t.Errorf("%v, then %v: %v", test.before, test.after, got)
		}
	}
}
