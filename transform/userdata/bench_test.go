package userdata

import "testing"

// BenchmarkJudge judges AWS's user data with the block in it.
func BenchmarkJudge(b *testing.B) {
	text := "#!/bin/bash\n" + markedBlock(bothRules) + "set -o xtrace\n/etc/eks/bootstrap.sh " + placeholder + " " + placeholder +
		"\n/opt/aws/bin/cfn-signal --exit-code $? \\\n --stack  " + placeholder + " \\\n --resource NodeGroup  \\\n --region " + placeholder + "\n"
	b.ReportAllocs()
	for b.Loop() {
		if v := Judge(text, bothRules); len(v.Problems) > 0 {
			b.Fatal(v.Problems)
		}
	}
}
