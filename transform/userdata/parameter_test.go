package userdata

import "testing"

// TestFileName has fields of Content-Disposition, and the name of the file as Python's
// email package (get_filename) and so cloud-init reads it.
func TestFileName(t *testing.T) {
	for _, test := range []struct{ value, want string }{
		{`attachment; filename=a`, `a`},
		{`attachment; filename="a b"`, `a b`},
		{`attachment; filename="a;b"`, `a;b`},
		{`attachment; filename="a;b"; x=y`, `a;b`},
		{`attachment; x=";"; filename=a`, `a`},
		{`attachment; x="\";filename=b\""; filename=a`, `a`},
		{`attachment; filename=\"a;b`, `\"a`},
		{`"; filename=a`, ""},
		{`""; filename=a`, `a`},
		{`attachment; FILENAME=a`, `a`},
		{`attachment; filename = a `, `a`},
		{`attachment;filename=a;`, `a`},
		{`attachment; filename=a; filename=b`, `a`},
		{`attachment; filename`, ""},
		{`filename=a`, `a`},
		{`x; filename=<a>`, `a`},
		{`x; filename=<a`, `<a`},
		{`x; filename="a`, `"a`},
		{`x; filename="a\"b"`, `a"b`},
		{`x; filename="a\\b"`, `a\b`},
		{`x; filename="`, `"`},
		{`x; filename=""`, ""},
		{`x; filename=" a "`, `a`},
		{`x; filename*=utf-8''%61a`, `aa`},
		{`x; filename*=utf-8'en'%61a`, `aa`},
		{`x; filename*=a`, `a`},
		{`x; filename*=%61`, `a`},
		{`x; filename*=%6`, `%6`},
		{`x; filename*=utf-8''a%`, `a%`},
		{`x; filename*=utf-8''a%6`, `a%6`},
		{`x; filename*=utf-8''a%zz`, `a%zz`},
		{`x; filename*=utf-8''a%2541`, `a%41`},
		{`x; filename*=utf-8''it's`, `it's`},
		{`x; filename*0=a; filename*1=b`, `ab`},
		{`x; filename*1=b; filename*0=a`, `ab`},
		{`x; filename*0=a; filename*2=c; filename*1=b`, `abc`},
		{`x; filename*0*=utf-8''%61; filename*1=b`, `ab`},
		{`x; filename*0*=utf-8''%61; filename*1*=%62`, `ab`},
		{`x; filename*0=%61; filename*1=%62`, `%61%62`},
		{`x; filename*0=it's; filename*1='s`, `it's's`},
		{`x; filename*a=b`, ""},
		{`x; filename*=utf-8''b; filename=a`, `a`},
		{`x; filename=a; filename*=utf-8''b`, `a`},
		{`x; *=a; filename=b`, `b`},
		{`x; file-name*=a; filename=b`, `b`},
		{`x; file-name*0=a`, ""},
		{`filename*=utf-8''a`, ""},
		{`filename*0=a; filename*1=b`, `b`},
		{`x; other*=utf-8''c; filename*=utf-8''b`, `b`},
		{`x; filename*="utf-8''%61"`, `a`},
		{`x; filename*0*="utf-8''%61"`, `a`},
		{`x; filename*00=a`, `a`},
		{`x; filename*0**=a`, ""},
		{`x; filename**=a`, ""},
		{`x; filename*-1=a`, ""},
		{`x; filename*+1=a`, ""},
		{`x; filename*1=a`, `a`},
		{`x; filename*10=b; filename*9=a`, `ab`},
	} {
		m := message{fields: []field{{"content-disposition", test.value}}}
		if got := m.fileName(true); got != test.want {
			t.Errorf("%s: %q, not %q", test.value, got, test.want)
		}
	}
	for _, test := range []struct {
		fields     []field
		typeCounts bool
		want       string
	}{
		{[]field{{"Content-Type", "a/b; name=x"}}, true, "x"},
		{[]field{{"Content-Type", "a/b; name=x"}}, false, ""},
		{[]field{{"Content-Type", "a/b; name=x"}, {"Content-Disposition", "attachment; filename=y"}}, true, "y"},
		{[]field{{"Content-Type", "a/b; name=x"}, {"Content-Disposition", "attachment"}}, true, "x"},
		{[]field{{"Content-Type", "a/b; name=x"}, {"Content-Disposition", "attachment; filename"}}, true, ""},
		{[]field{{"Content-Type", "a/b; filename=x"}}, true, ""},
		{nil, true, ""},
	} {
		m := message{fields: test.fields}
		if got := m.fileName(test.typeCounts); got != test.want {
			t.Errorf("%v: %q, not %q", test.fields, got, test.want)
		}
	}
}

// TestCleanName has the names under which cloud-init keeps scripts (clean_filename in
// cloudinit/util.py).
func TestCleanName(t *testing.T) {
	for name, want := range map[string]string{
		"part-001": "part-001", "a b.sh": "ab.sh", "/etc/x": "_etc_x", "../x": ".._x", "a~$(b)": "a(b)", "_A9z": "_A9z", "\u00fcx": "x", "": "",
	} {
		if got := cleanName(name); got != want {
			t.Errorf("%q: %q, not %q", name, got, want)
		}
	}
}
