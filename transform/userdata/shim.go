package userdata

import (
	"slices"
	"strings"
)

func (v Verdict) Has(code Code) bool {
	return slices.ContainsFunc(v.Problems, func(p Problem) bool { return p.Code == code })
}
func Joins(text string) bool {
	return strings.Contains(text, "bootstrap.sh") || strings.Contains(text, "NodeConfig")
}
