package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func (r *runner) while(c *syntax.WhileClause) status {
	r.forget(c)
	st, _ := r.condition(c.Cond)
	if c.Until {
		st = st.negate()
	}
	if st == failure {
		r.branch("", true, nil, func() status { return r.list(c.Do) })
		return success
	}
	doubt := "it stands in a loop that may not run"
	if st == success {
		doubt = ""
	}
	broke := r.s.broke
	after, _ := r.branch(doubt, false, nil, func() status { return r.list(c.Do) })
	leaves := after.broke != ""
	after.broke = broke
	r.s.join(r.s.clone(), after)
	r.forget(c)
	if st == success && !leaves && r.s.ended == "" {
		r.s.ended = "the loop before it never ends"
	}
	return unsure
}

func (r *runner) forClause(c *syntax.ForClause) status {
	body := func() status { return r.list(c.Do) }
	iter, ok := c.Loop.(*syntax.WordIter)
	if loop, ok := c.Loop.(*syntax.CStyleLoop); ok {
		for _, x := range [...]syntax.ArithmExpr{loop.Init, loop.Cond, loop.Post} {
			r.arithmetic(x)
		}
	}
	if !ok {
		r.forget(c)
		after, _ := r.branch("it stands in a loop that may not run", false, nil, body)
		after.broke = r.s.broke
		r.s.join(r.s.clone(), after)
		r.forget(c)
		return unsure
	}
	items := r.s.params
	if iter.InPos.IsValid() {
		items = r.fields(iter.Items)
	}
	name, broke := r.show(iter.Name.Value), r.s.broke
	if c.Select {
		r.s.forget("REPLY")
		r.output(Unknown) // the menu, where its errors go the same way
	}
	certain := !c.Select && len(items) > 0 && len(items) <= 64
	for _, w := range items {
		certain = certain && !w.Splits
	}
	if len(items) == 0 && !c.Select {
		r.branch("", true, nil, body)
		return success
	}
	if !certain {
		for _, w := range items[:min(len(items), 64)] {
			r.forget(c)
			r.assign(name, value{text: w.Text})
			after, _ := r.branch("it stands in a loop that may not run", false, nil, body)
			after.broke = broke
			r.s.join(r.s.clone(), after)
		}
		r.forget(c)
		return unsure
	}
	st := success
	for _, w := range items {
		r.assign(name, value{text: w.Text})
		st = r.list(c.Do)
	}
	if r.s.broke != broke {
		r.forget(c)
	}
	r.s.broke = broke
	return st
}

func (r *runner) caseClause(c *syntax.CaseClause) status {
	word := Word{Text: r.one(c.Word)}
	known, matched := word.Known(), false
	outer := r.s.clone()
	result := r.s.clone()
	for _, item := range c.Items {
		may, sure := false, false
		for _, p := range item.Patterns {
			pattern := r.pattern(p)
			switch {
			case pattern == Unknown:
				may, sure = true, true
			case known && !strings.Contains(pattern, Unknown):
				hit := pattern == word.Text
				may, sure = may || hit, sure || hit
			default:
				may = true
			}
		}
		falls := item.Op != syntax.Break
		taken := sure && !matched && !falls
		dead := !may && !falls
		doubt := "it stands in a branch that may not be taken"
		if taken {
			doubt = ""
		}
		if dead {
			r.branch(doubt, true, nil, func() status { return r.list(item.Stmts) })
			continue
		}
		after, st := r.branch(doubt, false, nil, func() status { return r.list(item.Stmts) })
		if taken {
			r.s.join(after, after)
			return st
		}
		matched = matched || may
		result.join(result.clone(), after)
		if falls {
			known = false
		}
	}
	r.s.join(outer, result)
	return unsure
}

// pattern returns a pattern of a case, with Unknown for what matches any text.
func (r *runner) pattern(w *syntax.Word) string {
	var f fielder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			r.literal(&f, r.show(p.Value), false, true)
		case *syntax.SglQuoted:
			f.add(r.single(p))
		case *syntax.DblQuoted:
			f.add(r.quoted(p.Parts))
		default:
			r.value(part)
			f.add("?" + Unknown) // not what matches everything
		}
	}
	text := f.text.String()
	if text == Unknown && w.Lit() != "*" {
		return "?" + Unknown
	}
	return text
}
