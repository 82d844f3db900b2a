package edit

import "testing"

func TestApply(t *testing.T) {
	edit := splice
	in := func(start, at int, text string) Edit {
		e := edit(at, at, text)
		e.in = start
		return e
	}
	for _, test := range []struct {
		name  string
		edits []Edit
		want  string
		err   string
	}{
		{"none", nil, "abcdef", ""},
		{"any order", []Edit{edit(4, 5, "X"), edit(0, 1, "")}, "bcdXf", ""},
		{"insertions at one place", []Edit{edit(3, 3, "1"), edit(3, 3, "2")}, "abc12def", ""},
		{"insertions of nested collections", []Edit{in(0, 3, "1"), in(2, 3, "2"), in(1, 3, "3"), in(2, 3, "4")}, "abc2431def", ""},
		{"insertion before a deletion", []Edit{edit(3, 5, ""), edit(3, 3, "1")}, "abc1f", ""},
		{"both ends", []Edit{edit(0, 0, "<"), edit(6, 6, ">")}, "<abcdef>", ""},
		{"overlap", []Edit{edit(1, 4, ""), edit(3, 5, "")}, "", "edit 3-5 overlaps edit 1-4"},
		{"insertion in a deletion", []Edit{edit(1, 4, ""), edit(2, 2, "x")}, "", "edit 2-2 overlaps edit 1-4"},
		{"outside", []Edit{edit(5, 7, "")}, "", "edit 5-7 is outside of the source of 6 bytes"},
		{"backwards", []Edit{edit(5, 4, "")}, "", "edit 5-4 is outside of the source of 6 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Apply([]byte("abcdef"), test.edits)
			if test.err != "" {
				if err == nil || err.Error() != test.err {
					t.Errorf("error %v, want %s", err, test.err)
				}
				return
			}
			if err != nil || string(got) != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}
