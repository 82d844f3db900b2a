package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// sbom returns the bill of materials of a binary, as CycloneDX JSON: the modules
// that are linked into it, with their licences and go.sum hashes, and Go itself.
// Package URLs are those of
// https://github.com/package-url/purl-spec/blob/main/types-doc/golang-definition.md.
func (r release) sbom(binary []byte, path string, modules []module, t target) ([]byte, error) {
	group, name := pathOf(path)
	main := cyclonedx.Component{
		BOMRef: purl(path, r.version), Type: cyclonedx.ComponentTypeApplication, Group: group, Name: name, Version: r.version,
		PackageURL: purl(path, r.version) + "?goos=" + t.os + "&goarch=" + t.arch,
		Licenses:   licences("MIT-0"),
		Hashes:     &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sha256.Sum256(binary))}},
	}
	components := []cyclonedx.Component{}
	var refs []string
	for _, m := range modules {
		c := library(m)
		components = append(components, c)
		refs = append(refs, c.BOMRef)
	}
	bom := cyclonedx.NewBOM()
	bom.Metadata = &cyclonedx.Metadata{Timestamp: r.time.Format(time.RFC3339), Component: &main}
	bom.Components = &components
	bom.Dependencies = &[]cyclonedx.Dependency{{Ref: main.BOMRef, Dependencies: &refs}}
	var b bytes.Buffer
	encoder := cyclonedx.NewBOMEncoder(&b, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false)
	if err := encoder.EncodeVersion(bom, cyclonedx.SpecVersion1_6); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func library(m module) cyclonedx.Component {
	c := cyclonedx.Component{
		BOMRef: purl(m.path, m.version), Type: cyclonedx.ComponentTypeLibrary, Name: m.path, Version: m.version,
		PackageURL: purl(m.path, m.version), Licenses: licences(m.licences...),
	}
	if m.sum != "" {
		c.Properties = &[]cyclonedx.Property{{Name: "go.sum", Value: m.sum}}
	}
	return c
}

// licences returns the licences of a component. If there are several, each is for a
// part of it.
func licences(ids ...string) *cyclonedx.Licenses {
	var all cyclonedx.Licenses
	for _, id := range ids {
		all = append(all, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
	}
	return &all
}

// pathOf splits the path of a module before its last part.
func pathOf(path string) (group, name string) {
	i := strings.LastIndexByte(path, '/')
	return path[:max(i, 0)], path[i+1:]
}

func purl(path, version string) string { return "pkg:golang/" + path + "@" + version }
