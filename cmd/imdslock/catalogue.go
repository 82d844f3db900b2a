package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/templates"
	"github.com/imdslock/imdslock/templates/official"
)

// catalogueSource returns the embedded template that the options ask for, or AWS's.
func catalogueSource(opts options) (source, error) {
	if !opts.official {
		if _, err := templates.Reference(opts.template); err != nil {
			return source{}, &usageError{fmt.Sprintf("no embedded template stands in for %s", opts.template), "--official downloads AWS's own"}
		}
		read := func() ([]byte, error) { return templates.Reference(opts.template) }
		return source{name: opts.template + ".yaml", open: opened(read)}, nil
	}
	release, err := templates.Lookup(opts.template, opts.region, opts.release)
	if err != nil {
		return source{}, usagef("%v", err)
	}
	read := func() ([]byte, error) { return official.New().Fetch(context.Background(), release, opts.sha256) }
	return source{name: path.Base(release.URL), open: opened(read)}, nil
}

// opened makes a reader of content that comes as a whole.
func opened(read func() ([]byte, error)) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		content, err := read()
		return io.NopCloser(bytes.NewReader(content)), err
	}
}

// templates lists the releases of AWS's templates.
func (c *command) templates(cc *cli.Context) error {
	if err := refuseMore(cc, 0); err != nil {
		return err
	}
	format, err := choice(cc, "format", "text", "json")
	if err != nil {
		return err
	}
	all := templates.Catalogue()
	if format == "json" {
		return writeJSON(map[string]any{"templates": all}, &c.out)
	}
	w := tabwriter.NewWriter(&c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OS\tRELEASE\tPARTITION\tEMBEDDED\tURL")
	for _, r := range all {
		embedded := "-"
		if r.Embedded {
			embedded = "yes"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", r.OS, r.Date, r.Partition, embedded, r.URL)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprint(&c.out, "\nembedded: imdslock has a stand-in for that release, which --template reads: a template of\n"+
		"its own with the same parameters, resources and outputs. --official downloads AWS's text.\n")
	return err
}
