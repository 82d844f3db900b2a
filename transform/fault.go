package transform

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/imdslock/imdslock/transform/cfn/eval"
)

// A fault is what is wrong with a value. The zero fault means that nothing is.
type fault struct {
	is        string // what to say of a value that a deployment has
	mayBe     string // what to say if it is not known whether one has it
	isUnknown bool   // the value cannot be judged
}

// A judgement counts the outcomes that are bad and describes one of them.
type judgement struct {
	bad, all    int
	what, under string
	isCertain   bool         // it is known that a deployment has a bad outcome
	outcome     eval.Outcome // that it describes
}

// String says what is wrong, and with which parameter values if not with all.
func (j judgement) String() string {
	if j.under == "" {
		return j.what
	}
	return j.what + " with " + j.under
}

// judge asks of every outcome what is wrong with it. It describes the first that
// is certainly wrong, or else the first that may be.
func judge(outcomes []eval.Outcome, wrong func(eval.Value) fault) judgement {
	j := judgement{all: len(outcomes)}
	var first fault
	areSame := true
	for _, o := range outcomes {
		f := wrong(o.Value)
		if f == (fault{}) {
			continue
		}
		if j.bad++; j.bad == 1 {
			first = f
		}
		areSame = areSame && f == first
		isCertain := !o.Guessed && !f.isUnknown
		if j.bad > 1 && (j.isCertain || !isCertain) {
			continue
		}
		j.what, j.under, j.isCertain, j.outcome = f.is, o.String(), isCertain, o
		if o.Guessed {
			j.what = f.mayBe
		}
	}
	if j.bad == j.all && areSame { // whatever the case is
		j.what, j.under, j.isCertain = first.is, "", !first.isUnknown
	}
	return j
}

// isOff reports whether a value of MetadataOptions turns the metadata service
// off for certain.
func isOff(options eval.Value) bool {
	endpoint := options.Field("HttpEndpoint")
	return endpoint.Kind == eval.Text && endpoint.Text == "disabled"
}

// areOff reports whether MetadataOptions turn the metadata service off in all
// cases.
func areOff(outcomes []eval.Outcome) bool {
	return !slices.ContainsFunc(outcomes, func(o eval.Outcome) bool { return !isOff(o.Value) })
}

// judgeHopLimit judges the hop limit in the values of MetadataOptions.
func (o Options) judgeHopLimit(options []eval.Outcome) judgement {
	return judge(options, func(v eval.Value) fault {
		if isOff(v) {
			return fault{}
		}
		return o.wrongHopLimit(v.Field("HttpPutResponseHopLimit"))
	})
}

// judgeTokens judges HttpTokens in the values of MetadataOptions.
func (o Options) judgeTokens(options []eval.Outcome) judgement {
	return judge(options, func(v eval.Value) fault {
		if isOff(v) {
			return fault{}
		}
		return o.wrongTokens(v.Field("HttpTokens"))
	})
}

// wrongHopLimit says what is wrong with a value of HttpPutResponseHopLimit.
// CloudFormation takes the text "1" for the number 1.
func (o Options) wrongHopLimit(v eval.Value) fault {
	want := strconv.Itoa(o.HopLimit)
	switch {
	case o.HopLimit == 0 || v.Kind == eval.Text && v.Text == want:
		return fault{}
	case v.Kind == eval.Text && isDecimal(v.Text):
		return faultOf("HttpPutResponseHopLimit", v.Text+", not "+want)
	case v.Kind == eval.Text:
		return faultOf("HttpPutResponseHopLimit", strconv.Quote(v.Text))
	}
	return unknown("HttpPutResponseHopLimit", v)
}

// isDecimal reports whether a text is a whole number without a plus sign or
// leading zeros.
func isDecimal(s string) bool {
	n, err := strconv.Atoi(s)
	return err == nil && strconv.Itoa(n) == s
}

// wrongTokens says what is wrong with a value of HttpTokens.
func (o Options) wrongTokens(v eval.Value) fault {
	switch {
	case o.keepsIMDSv1() || isRequired(v):
		return fault{}
	case v.Kind == eval.Text:
		return faultOf("HttpTokens", strconv.Quote(v.Text))
	}
	return unknown("HttpTokens", v)
}

func isRequired(v eval.Value) bool { return v.Kind == eval.Text && v.Text == required }

// faultOf returns the fault of a property with a value that it must not have.
func faultOf(property, what string) fault {
	return fault{is: property + " is " + what, mayBe: property + " may be " + what}
}

// unknown returns the fault of a property whose value is not a text.
func unknown(property string, v eval.Value) fault {
	switch v.Kind {
	case eval.NoValue:
		return fault{is: "no " + property, mayBe: property + " may be missing"}
	case eval.Unknown:
		what := fmt.Sprintf("unknown %s (%s)", property, v.Reason)
		return fault{is: what, mayBe: what, isUnknown: true}
	}
	return faultOf(property, "not a text")
}
