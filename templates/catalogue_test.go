package templates

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

func TestCatalogue(t *testing.T) {
	all := Catalogue()
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b Release) int {
		return cmp.Or(cmp.Compare(a.OS, b.OS), cmp.Compare(a.Partition, b.Partition), -cmp.Compare(a.Date, b.Date))
	})
	if diff := gocmp.Diff(sorted, all); diff != "" {
		t.Errorf("not by OS, partition, newest first (-want +got):\n%s", diff)
	}
	count := map[string]int{}
	seen := map[string]bool{}
	for _, r := range all {
		count[r.OS+" "+r.Partition]++
		if _, err := time.Parse(time.DateOnly, r.Date); err != nil {
			t.Errorf("%+v: %v", r, err)
		}
		if u, err := url.Parse(r.URL); err != nil || u.Scheme != "https" || !strings.Contains(u.Path, "/"+r.Date+"/") {
			t.Errorf("%+v: not its https URL", r)
		}
		if seen[r.URL] {
			t.Errorf("%s is there twice", r.URL)
		}
		seen[r.URL] = true
		if _, err := Reference(r.OS); r.Embedded && err != nil {
			t.Errorf("%+v: embedded, but %v", r, err)
		}
	}
	want := map[string]int{"linux aws": 17, "linux aws-cn": 17, "linux-arm aws": 3, "linux-outpost aws": 1, "windows aws": 10, "windows aws-cn": 10}
	if diff := gocmp.Diff(want, count); diff != "" {
		t.Errorf("number of releases (-want +got):\n%s", diff)
	}
}

// The stand-ins say themselves what they stand in for.
func TestEmbeddedReleaseIsWhatTheReferencesSay(t *testing.T) {
	for _, r := range Catalogue() {
		if strings.Contains(r.OS, "-") {
			continue // nothing stands in for those
		}
		says := strings.Contains(string(reference(t, r.OS)), "published as "+r.Date)
		if says != r.Embedded {
			t.Errorf("%s %s: embedded is %v, but the reference template says %v", r.OS, r.Date, r.Embedded, says)
		}
	}
}

func TestLookup(t *testing.T) {
	const (
		global = "https://s3.us-west-2.amazonaws.com/amazon-eks/cloudformation/"
		china  = "https://s3.cn-north-1.amazonaws.com.cn/amazon-eks/cloudformation/"
	)
	tests := []struct {
		os, region, date string
		want             Release
	}{
		{"linux", "", "", Release{"linux", "2025-11-26", "aws", global + "2025-11-26/amazon-eks-nodegroup.yaml", false}},
		{"linux-arm", "", "2020-04-21", Release{"linux-arm", "2020-04-21", "aws", global + "2020-04-21/amazon-eks-arm-nodegroup.yaml", false}},
		{"linux-outpost", "", "", Release{"linux-outpost", "2025-11-24", "aws", global + "2025-11-24/amazon-eks-outpost-nodegroup.yaml", false}},
		{"linux", "eu-central-1", "2020-10-29", Release{"linux", "2020-10-29", "aws", global + "2020-10-29/amazon-eks-nodegroup.yaml", true}},
		{"linux", "cn-north-1", "2022-12-23", Release{"linux", "2022-12-23", "aws-cn", china + "2022-12-23/amazon-eks-nodegroup.yaml", false}},
		{"windows", "", "", Release{"windows", "2023-02-09", "aws", global + "2023-02-09/amazon-eks-windows-nodegroup.yaml", false}},
		{"windows", "cn-northwest-1", "2020-10-29", Release{"windows", "2020-10-29", "aws-cn", china + "2020-10-29/amazon-eks-windows-nodegroup.yaml", true}},
	}
	for _, tt := range tests {
		got, err := Lookup(tt.os, tt.region, tt.date)
		if err != nil {
			t.Errorf("Lookup(%q, %q, %q): %v", tt.os, tt.region, tt.date, err)
		}
		if diff := gocmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Lookup(%q, %q, %q) (-want +got):\n%s", tt.os, tt.region, tt.date, diff)
		}
	}
}

func TestLookupErrors(t *testing.T) {
	tests := []struct{ name, os, region, date, want string }{
		{"unknown system", "darwin", "", "", `^no official template for "darwin": there are linux, linux-arm, linux-outpost, windows$`},
		{"no region", "linux", "Oregon", "", `^"Oregon" is not a region: must be one like us-west-2 or cn-north-1$`},
		{"partition without a bucket", "linux", "us-gov-west-1", "", `^no official templates in partition aws-us-gov: .* us-west-2 for every region outside China, and in cn-north-1$`},
		{"unknown date", "linux", "", "2021-01-01", `^no official linux template of "2021-01-01": there are 2025-11-26, 2022-12-23, .*, 2018-08-30$`},
		{"date of Linux alone", "windows", "", "2025-11-26", `^no official windows template of "2025-11-26": there are 2023-02-09, 2020-10-29, .*, 2019-10-08$`},
		{"date of Windows alone", "linux", "cn-north-1", "2023-02-09", `^no official linux template of "2023-02-09": there are 2025-11-26, `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Lookup(tt.os, tt.region, tt.date)
			if err == nil || !regexp.MustCompile(tt.want).MatchString(err.Error()) {
				t.Errorf("error is %v, want %s", err, tt.want)
			}
			if got != (Release{}) {
				t.Errorf("got %+v with the error", got)
			}
		})
	}
}

func TestPartition(t *testing.T) {
	tests := map[string]string{
		"us-east-1":      "aws",
		"us-west-2":      "aws",
		"eu-central-1":   "aws",
		"ap-southeast-7": "aws",
		"il-central-1":   "aws",
		"mx-central-1":   "aws",
		"xx-north-12":    "aws", // yet to be opened
		"cn-north-1":     "aws-cn",
		"cn-northwest-1": "aws-cn",
		"cn-south-9":     "aws-cn",
		"us-gov-east-1":  "aws-us-gov",
		"us-gov-west-1":  "aws-us-gov",
		"us-iso-east-1":  "aws-iso",
		"us-isob-west-1": "aws-iso-b",
		"eu-isoe-west-1": "aws-iso-e",
		"us-isof-east-1": "aws-iso-f",
		"eusc-de-east-1": "aws-eusc",
	}
	for region, want := range tests {
		if got, err := Partition(region); err != nil || got != want {
			t.Errorf("Partition(%q) = %q, %v, want %q", region, got, err, want)
		}
	}
	for _, region := range []string{
		"", "-", "--", "us", "us-east", "us-east-", "us-east-1a", "us-east-1-bos-1", "us-1", "US-EAST-1", " us-east-1",
		"use-east-1", "u-east-1", "us-east-x", "us-e4st-1", "us-east-1\n", "cn", "cn-", "cn-north", "cn-north-",
		"us-gov-west", "us-isox-east-1", "eusc-fr-east-1", "aws-global", "global", "us-ëast-1", "us-east-١",
	} {
		if got, err := Partition(region); err == nil || got != "" {
			t.Errorf("Partition(%q) = %q, %v, want an error", region, got, err)
		}
	}
}
