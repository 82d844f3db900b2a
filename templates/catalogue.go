package templates

import (
	"fmt"
	"slices"
	"strings"
)

// A Release is one publication of AWS's own node group template: the file for
// an operating system, in the folder of a date, in the bucket of a partition.
type Release struct {
	OS        string `json:"os"`        // "linux" or "windows", with "-arm" or "-outpost" if its template is only for such nodes
	Date      string `json:"date"`      // the folder's name, YYYY-MM-DD
	Partition string `json:"partition"` // as in ARNs: "aws" or "aws-cn"
	URL       string `json:"url"`
	// Embedded says that [Reference] has a stand-in for the release: our own
	// text with its interface, not AWS's text.
	Embedded bool `json:"embedded"`
}

// embedded is the release that both reference templates are modelled on. They
// serve every partition.
const embedded = "2020-10-29"

// A series is what AWS published for one operating system.
type series struct {
	os, file string
	dates    []string // newest first
	global   bool     // known only for the bucket of the regions outside China
}

// published lists the folders of AWS's bucket that hold a node group template.
// They were gathered from AWS's documentation over the years and from what
// people deploy; the bucket cannot be listed.
func published() []series {
	return []series{
		{"linux", "amazon-eks-nodegroup.yaml", []string{
			"2025-11-26", "2022-12-23", "2020-10-29", "2020-08-12", "2020-07-23", "2020-06-10",
			"2020-05-08", "2020-04-21", "2020-03-23", "2019-11-15", "2019-10-08", "2019-09-27",
			"2019-09-17", "2019-02-11", "2019-01-09", "2018-12-10", "2018-08-30",
		}, false},
		{"linux-arm", "amazon-eks-arm-nodegroup.yaml", []string{"2020-06-10", "2020-04-21", "2019-11-15"}, true},
		{"linux-outpost", "amazon-eks-outpost-nodegroup.yaml", []string{"2025-11-24"}, true},
		{"windows", "amazon-eks-windows-nodegroup.yaml", []string{
			"2023-02-09", "2020-10-29", "2020-08-12", "2020-07-23", "2020-06-10", "2020-05-08",
			"2020-04-21", "2020-03-23", "2019-11-15", "2019-10-08",
		}, false},
	}
}

// A bucket holds the releases for the regions of one partition.
type bucket struct{ partition, url string }

// buckets lists the buckets that AWS's EKS documentation names: one for China
// (Beijing and Ningxia), one for every other region. It names both for the same
// dates; whether China's has every one of them is not known.
func buckets() []bucket {
	return []bucket{
		{"aws", "https://s3.us-west-2.amazonaws.com/amazon-eks"},
		{"aws-cn", "https://s3.cn-north-1.amazonaws.com.cn/amazon-eks"},
	}
}

// Catalogue returns every release, by operating system, then partition, then
// from the newest to the oldest. The slice is the caller's own.
func Catalogue() []Release {
	var all []Release
	for _, s := range published() {
		for _, b := range buckets() {
			if s.global && b.partition != "aws" {
				continue
			}
			for _, date := range s.dates {
				all = append(all, Release{
					OS: s.os, Date: date, Partition: b.partition,
					URL:      b.url + "/cloudformation/" + date + "/" + s.file,
					Embedded: date == embedded && !s.global,
				})
			}
		}
	}
	return all
}

// OSes returns the values that [Release.OS] has.
func OSes() []string {
	var all []string
	for _, s := range published() {
		all = append(all, s.os)
	}
	return all
}

// Lookup returns the release of a date for an operating system, from the
// bucket of a region's partition. An empty date means the newest, an empty
// region the partition aws. Errors say what there is instead.
func Lookup(os, region, date string) (Release, error) {
	partition := "aws"
	if region != "" {
		var err error
		if partition, err = Partition(region); err != nil {
			return Release{}, err
		}
	}
	if !slices.ContainsFunc(published(), func(s series) bool { return s.os == os }) {
		return Release{}, fmt.Errorf("no official template for %q: there are %s", os, strings.Join(OSes(), ", "))
	}
	if !slices.ContainsFunc(buckets(), func(b bucket) bool { return b.partition == partition }) {
		return Release{}, fmt.Errorf("no official templates in partition %s: "+
			"AWS publishes them in us-west-2 for every region outside China, and in cn-north-1", partition)
	}
	var dates []string
	for _, r := range Catalogue() {
		if r.OS != os || r.Partition != partition {
			continue
		}
		if date == "" || date == r.Date {
			return r, nil
		}
		dates = append(dates, r.Date)
	}
	if len(dates) == 0 {
		return Release{}, fmt.Errorf("no official %s template in partition %s is known", os, partition)
	}
	return Release{}, fmt.Errorf("no official %s template of %q: there are %s", os, date, strings.Join(dates, ", "))
}

// Partition returns the partition of a region, by the shape of its name, so
// that regions yet to be opened have one too. The shapes are those that AWS's
// SDKs know partitions by. It returns an error for a name of any other shape, such
// as that of an Availability Zone.
func Partition(region string) (string, error) {
	shapes := []struct{ prefix, partition string }{
		{"cn-", "aws-cn"},
		{"us-gov-", "aws-us-gov"},
		{"us-iso-", "aws-iso"},
		{"us-isob-", "aws-iso-b"},
		{"eu-isoe-", "aws-iso-e"},
		{"us-isof-", "aws-iso-f"},
		{"eusc-de-", "aws-eusc"},
	}
	for _, s := range shapes {
		if place, ok := strings.CutPrefix(region, s.prefix); ok && isPlace(place) {
			return s.partition, nil
		}
	}
	if area, place, ok := strings.Cut(region, "-"); ok && len(area) == 2 && isWithin(area, 'a', 'z') && isPlace(place) {
		return "aws", nil
	}
	return "", fmt.Errorf("%q is not a region: must be one like us-west-2 or cn-north-1", region)
}

// isPlace reports whether text is a direction and a number, such as "west-2".
func isPlace(text string) bool {
	direction, number, ok := strings.Cut(text, "-")
	return ok && isWithin(direction, 'a', 'z') && isWithin(number, '0', '9')
}

// isWithin reports whether text is not empty and each character of it is in
// the range.
func isWithin(text string, first, last rune) bool {
	return text != "" && !strings.ContainsFunc(text, func(c rune) bool { return c < first || c > last })
}
