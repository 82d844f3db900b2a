package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// helpText is the help of the command.
const helpText = `imdslock - keep pods off the EC2 instance metadata service

usage: imdslock [options] [FILE|DIR|-]...
       imdslock check [options] [FILE|DIR|-]...
       imdslock templates
       imdslock rules [ID]

Reads CloudFormation templates that launch EKS nodes and prints them locked:
hop limit 1, IMDSv1 off, iptables commands in the user data. Every other byte
stays. Without a file, or for "-", it reads stdin.

examples:
   imdslock < amazon-eks-nodegroup.yaml > locked.yaml
   imdslock -d nodegroup.yaml        show what would change
   imdslock -w templates/            write the files back

commands:
   check       say what is not locked; changes nothing
   templates   the catalogue of AWS's templates and of the embedded ones
   rules       what each rule means, why, and its source

options:
{{range .VisibleFlags}}   {{.}}
{{end}}
exit status: 0 done, 1 -d, -l or --expect found a difference, 2 bad usage or input,
3 the template cannot be locked as asked
`

// checkHelpText is the help of check.
const checkHelpText = `imdslock check - say what is not locked

usage: imdslock check [options] [FILE|DIR|-]...

Judges templates for every parameter value that CloudFormation accepts, or,
with --parameter, for one deployment. Prints FILE:LINE:COL: RULE message;
"imdslock rules RULE" explains a rule.

options:
{{range .VisibleFlags}}   {{.}}
{{end}}
exit status: 0 all is locked, 1 something is not, 2 bad usage or input,
3 a launch template cannot be read
`

// newApp describes the command line. All of it is here, so that nothing is
// global and nothing runs before main.
func newApp(patch, check, templates, rules cli.ActionFunc) *cli.App {
	return &cli.App{
		Name:                   "imdslock",
		HideHelpCommand:        true,
		HideVersion:            true,
		UseShortOptionHandling: true,
		CustomAppHelpTemplate:  helpText,
		ExitErrHandler:         func(*cli.Context, error) {},
		OnUsageError:           badOption,
		Action: func(c *cli.Context) error {
			if c.Bool("version") {
				_, err := fmt.Fprintln(c.App.Writer, "imdslock "+version())
				return err
			}
			return patch(c)
		},
		Flags: append([]cli.Flag{
			&cli.BoolFlag{Name: "list", Aliases: []string{"l"}, DisableDefaultText: true, Usage: "print the names of files whose result differs"},
			&cli.BoolFlag{Name: "diff", Aliases: []string{"d"}, DisableDefaultText: true, Usage: "print a unified diff"},
			&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, DisableDefaultText: true, Usage: "write the result back to the file"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the result to `FILE`"},
			&cli.StringFlag{Name: "expect", Usage: "compare the result with `GOLDEN`; -w updates it"},
			&cli.StringFlag{Name: "template-configuration", Usage: "set the parameter in this CodePipeline template configuration `FILE` too"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, DisableDefaultText: true, Usage: "list every change on stderr"},
			&cli.BoolFlag{Name: "version", DisableDefaultText: true, Usage: "print the version"},
		}, lockFlags()...),
		Commands: []*cli.Command{
			{
				Name:                   "check",
				UseShortOptionHandling: true,
				HideHelpCommand:        true,
				CustomHelpTemplate:     checkHelpText,
				OnUsageError:           badOption,
				Action:                 check,
				Flags: append([]cli.Flag{
					&cli.StringFlag{Name: "format", Value: "text", Usage: "`text|json|sarif`"},
					&cli.StringSliceFlag{Name: "parameter", Usage: "`KEY=VALUE` that the deployment will pass (repeat); others have their defaults"},
				}, lockFlags()...),
			},
			{
				Name:               "templates",
				HideHelpCommand:    true,
				CustomHelpTemplate: "usage: imdslock templates [--format text|json]\n\nLists os, release, partition, whether embedded, and URL.\n",
				OnUsageError:       badOption,
				Action:             templates,
				Flags:              []cli.Flag{&cli.StringFlag{Name: "format", Value: "text", Usage: "`text|json`"}},
			},
			{
				Name:               "rules",
				HideHelpCommand:    true,
				CustomHelpTemplate: "usage: imdslock rules [ID]\n\nExplains a rule, or all of them.\n",
				OnUsageError:       badOption,
				Action:             rules,
			},
		},
	}
}

// lockFlags are the options on what to lock, of patching and of check.
func lockFlags() []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "hop-limit", Value: 1, Usage: "the hop limit, `N`; 0 leaves it"},
		&cli.StringFlag{Name: "imdsv1", Value: "lock", Usage: "how to turn IMDSv1 off: `lock|default|literal|keep`"},
		&cli.StringFlag{Name: "iptables", Value: "auto", Usage: "the commands: `auto|aws|strict|off`"},
		&cli.BoolFlag{Name: "branch-eni", Value: true, Usage: "cover pods with branch network interfaces"},
		&cli.StringSliceFlag{Name: "resource", Usage: "only this logical `ID` (repeat)"},
		&cli.StringFlag{Name: "os", Usage: "what the nodes run, where the template does not tell: `linux|windows`"},
		&cli.StringFlag{Name: "template", Usage: "read the embedded reference template: `linux|windows`"},
		&cli.BoolFlag{Name: "official", DisableDefaultText: true, Usage: "with --template: download AWS's own template"},
		&cli.StringFlag{Name: "release", Usage: "of --official: the `DATE`, the newest if not given"},
		&cli.StringFlag{Name: "region", Usage: "of --official: the region `R` whose partition's bucket to ask"},
		&cli.StringFlag{Name: "sha256", Usage: "of --official: what the template must be, in `HEX`"},
		&cli.StringFlag{Name: "name", Value: "stdin", Usage: "the `NAME` for stdin in messages"},
		&cli.StringFlag{Name: "max-size", Value: "1M", Usage: "read at most `N` bytes of each file, also as in 1500k or 5M"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, DisableDefaultText: true, Usage: "print no notes"},
	}
}
