package main

import (
	"fmt"

	"github.com/urfave/cli/v2"
)

// helpText is the help of the command.
const helpText = `imdslock - keep pods off the EC2 instance metadata service

usage: imdslock [options] [FILE|DIR|-]...

Reads CloudFormation templates that launch EKS nodes and prints them locked:
hop limit 1, IMDSv1 off, iptables commands in the user data. Every other byte
stays. Without a file, or for "-", it reads stdin.

examples:
   imdslock < amazon-eks-nodegroup.yaml > locked.yaml
   imdslock -d nodegroup.yaml        show what would change
   imdslock -w templates/            write the files back

options:
{{range .VisibleFlags}}   {{.}}
{{end}}
exit status: 0 done, 1 -d or -l found a difference, 2 bad usage or input,
3 the template cannot be locked as asked
`

// newApp describes the command line. All of it is here, so that nothing is
// global and nothing runs before main.
func newApp(action cli.ActionFunc) *cli.App {
	return &cli.App{
		Name:                   "imdslock",
		HideHelpCommand:        true,
		HideVersion:            true,
		UseShortOptionHandling: true,
		CustomAppHelpTemplate:  helpText,
		Action: func(c *cli.Context) error {
			if c.Bool("version") {
				_, err := fmt.Fprintln(c.App.Writer, "imdslock "+version())
				return err
			}
			return action(c)
		},
		ExitErrHandler: func(*cli.Context, error) {},
		OnUsageError: func(_ *cli.Context, err error, _ bool) error {
			return usagef("%v", err)
		},
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "list", Aliases: []string{"l"}, DisableDefaultText: true, Usage: "print the names of files whose result differs"},
			&cli.BoolFlag{Name: "diff", Aliases: []string{"d"}, DisableDefaultText: true, Usage: "print a unified diff"},
			&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, DisableDefaultText: true, Usage: "write the result back to the file"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the result to `FILE`"},
			&cli.StringFlag{Name: "template", Usage: "read the embedded reference template: `linux|windows`"},
			&cli.IntFlag{Name: "hop-limit", Value: 1, Usage: "set the hop limit to `N`, 0 leaves it"},
			&cli.StringFlag{Name: "imdsv1", Value: "lock", Usage: "`lock|default|literal|keep`"},
			&cli.StringFlag{Name: "iptables", Value: "auto", Usage: "`auto|aws|strict|off`"},
			&cli.BoolFlag{Name: "branch-eni", Value: true, Usage: "cover pods with branch network interfaces"},
			&cli.StringSliceFlag{Name: "resource", Usage: "only this logical `ID` (repeat)"},
			&cli.StringFlag{Name: "os", Usage: "what the nodes run, where the template does not tell: `linux|windows`"},
			&cli.StringFlag{Name: "name", Value: "stdin", Usage: "the `NAME` for stdin in messages"},
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, DisableDefaultText: true, Usage: "list every change on stderr"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, DisableDefaultText: true, Usage: "print no notes"},
			&cli.BoolFlag{Name: "version", DisableDefaultText: true, Usage: "print the version"},
		},
	}
}
