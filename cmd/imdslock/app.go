package main

import (
	"github.com/urfave/cli/v2"

	"github.com/imdslock/imdslock/cmd/imdslock/report"
	"github.com/imdslock/imdslock/transform"
)

const usageText = `  imdslock [OPTION]... [FILE|DIR|-]...        print templates locked
  imdslock check [OPTION]... [FILE|DIR|-]...  say what is not locked
  imdslock pods [OPTION]... [FILE|-]...       say which pods of a cluster break
  imdslock templates                          list AWS's templates
  imdslock rules [ID]...                      explain what check finds
  imdslock completion bash|zsh|fish           print a completion script
  imdslock help [COMMAND]                     explain a command`

const description = `Prints CloudFormation templates of EKS nodes locked: hop limit 1, IMDSv1 off,
iptables commands in the user data. Every other byte stays. Without FILE, it
reads stdin.
examples:
  imdslock < nodegroup.yaml > locked.yaml     lock a template, as a pipe
  imdslock -d nodegroup.yaml                  show what would change
  imdslock -w templates/                      lock all templates of a folder`

const checkDescription = `Judges templates for every parameter value that CloudFormation accepts, or, with
--parameter, for one deployment. Prints FILE:LINE:COL: RULE MESSAGE for what is
not locked, and notes on stderr; "imdslock rules RULE" explains a rule. What
cannot be read is named, and the rest judged. Files that are not templates are
passed over. Also reads the CDK's cdk.out, eksctl's ClusterConfig, and the
JSON of aws cloudformation get-template, describe-stack-set, aws ec2
describe-launch-template-versions, describe-instances, and aws autoscaling
describe-launch-configurations.

examples:
  imdslock check nodegroup.yaml
  imdslock check --parameter DisableIMDSv1=true nodegroup.yaml
  imdslock check --format sarif . > imdslock.sarif`

const templatesDescription = `Lists what AWS has published for Linux and Windows nodes, and what is embedded:
operating system, release, partition, whether embedded, and URL. A release that
is embedded has a stand-in: imdslock's own template with its parameters,
resources and outputs, not AWS's text. linux-arm and linux-outpost are for such
nodes only.

examples:
  imdslock templates
  imdslock --template linux > locked.yaml
  imdslock --template linux --official --release 2025-11-26 > locked.yaml`

const rulesDescription = `Explains the rules with these IDs, or all: what each means, why it matters, what
to do, and the page of AWS's documentation that says so.

examples:
  imdslock rules
  imdslock rules hop-limit`

// newApp describes the command line of a run. Functions make all of it: nothing is
// global, and nothing runs before main.
func newApp(c *command) *cli.App {
	c.opts = newOptions()
	app := &cli.App{
		Name:                      "imdslock",
		Usage:                     "keep pods off the EC2 instance metadata service",
		UsageText:                 usageText,
		Description:               description,
		HideHelp:                  true,
		HideVersion:               true,
		DisableSliceFlagSeparator: true,
		EnableBashCompletion:      true,
		BashComplete:              completer(c.args, completeCommandsAndFiles),
		UseShortOptionHandling:    !isCompletion(c.args), // it insists on values, which may be yet to come
		CustomAppHelpTemplate:     helpTemplate,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              badOption,
		CommandNotFound:           helpBesideArguments,
		Action:                    c.patch,
		Flags: newFlags("0 done, 1 there is a difference (-l, -d, --expect),\n2 bad usage or input, 3 the template cannot be locked as asked",
			group{"result", []cli.Flag{
				&cli.BoolFlag{Name: "list", Aliases: []string{"l"}, Usage: "print the names of files that would change"},
				&cli.BoolFlag{Name: "diff", Aliases: []string{"d"}, Usage: "print a unified diff"},
				&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "write the result back to the file"},
				&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the result to `FILE`"},
				&cli.StringFlag{Name: "expect", Usage: "compare with `GOLDEN`; -w writes it"},
				&cli.StringFlag{Name: "template-configuration", Usage: "set the parameter in CodePipeline's `FILE`"},
			}},
			group{"what to lock", lockFlags(&c.opts.Options)},
			group{"input", inputFlags()},
			group{"messages", []cli.Flag{
				&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "say what is changed, with a line per file"},
				quietFlag(),
				&cli.BoolFlag{Name: "version", Usage: "print the version"},
			}}),
	}
	app.Commands = []*cli.Command{c.checkCommand(), c.templatesCommand(), c.rulesCommand(), podsCommand(), completionCommand(), helpCommand(app)}
	for _, sub := range app.Commands {
		sub.HideHelp = true
		sub.BashComplete = completer(c.args, sub.BashComplete)
		sub.CustomHelpTemplate = helpTemplate
		sub.OnUsageError = badOption
		sub.Before = refuseBefore
		sub.Action = withOwnHint(sub.Action)
	}
	return app
}

// checkCommand describes the command check.
func (c *command) checkCommand() *cli.Command {
	return &cli.Command{
		Name:         "check",
		Usage:        "say what is not locked; changes nothing",
		UsageText:    "  imdslock check [OPTION]... [FILE|DIR|-]...",
		Description:  checkDescription,
		Action:       c.check,
		BashComplete: completeFiles,
		Flags: newFlags("0 all is locked, 1 something is not, 2 bad usage or input",
			group{"result", []cli.Flag{
				&cli.GenericFlag{Name: "format", Value: &c.opts.format, Usage: "how to print: `" + report.Choice("|", "|") + "`"},
				&cli.StringFlag{Name: "baseline", Usage: "say only what SARIF `FILE` does not have"},
			}},
			group{"what has to be locked", append([]cli.Flag{
				&cli.StringSliceFlag{Name: "parameter", Usage: "assume `KEY=VALUE`; may be repeated"},
				&cli.StringFlag{Name: "parameters", Usage: "assume the parameters in `FILE`"},
			}, lockFlags(&c.opts.Options)...)},
			group{"input", inputFlags()},
			group{"messages", []cli.Flag{
				&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "print what is accepted, with the reason"},
				quietFlag(),
			}}),
	}
}

// templatesCommand describes the command templates.
func (c *command) templatesCommand() *cli.Command {
	return &cli.Command{
		Name:        "templates",
		Usage:       "list AWS's templates, and those that are embedded",
		UsageText:   "  imdslock templates [--format text|json]",
		Description: templatesDescription,
		Action:      c.templates,
		Flags: newFlags("0 done, 2 bad usage",
			group{"options", []cli.Flag{&cli.StringFlag{Name: "format", Value: "text", Usage: "how to print them: `text|json`"}}}),
	}
}

// rulesCommand describes the command rules.
func (c *command) rulesCommand() *cli.Command {
	return &cli.Command{
		Name:         "rules",
		Usage:        "explain what check finds",
		UsageText:    "  imdslock rules [ID]...",
		Description:  rulesDescription,
		Action:       c.rules,
		BashComplete: completeRules,
		Flags:        newFlags("0 done, 2 there is no such rule", group{title: "options"}),
	}
}

// lockFlags are the options of patching and of check on what to lock.
func lockFlags(o *transform.Options) []cli.Flag {
	return []cli.Flag{
		&cli.IntFlag{Name: "hop-limit", Value: 1, Usage: "the hop limit `N`; 0 leaves it"},
		&cli.GenericFlag{Name: "imdsv1", Value: &o.IMDSv1, Usage: "how to turn IMDSv1 off: `lock|default|literal|keep`"},
		&cli.GenericFlag{Name: "iptables", Value: &o.IPTables, Usage: "commands in user data: `auto|aws|strict|off`"},
		&cli.BoolFlag{Name: "branch-eni", Value: true, Usage: "no rule for branch network interfaces"},
		&cli.GenericFlag{Name: "launch-template-version", Value: &o.Version, Usage: "version of groups: `latest|keep`"},
		&cli.BoolFlag{Name: "add-launch-template", Usage: "add one to managed groups that have none"},
		&cli.StringSliceFlag{Name: "resource", Usage: "only this logical `ID`; may be repeated"},
		&cli.GenericFlag{Name: "os", Value: &o.OS, Usage: "what nodes run, if the template is silent: `linux|windows`"},
	}
}

// inputFlags are the options of patching and of check on what to read.
func inputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "template", Usage: "read an embedded template: `linux|linux-arm|linux-outpost|windows`"},
		&cli.BoolFlag{Name: "official", Usage: "with --template: download AWS's own"},
		&cli.StringFlag{Name: "release", Usage: "with --official: of `DATE`, not the newest"},
		&cli.StringFlag{Name: "region", Usage: "with --official: `REGION`, for its partition"},
		&cli.StringFlag{Name: "sha256", Usage: "with --official: refuse all but `HEX`"},
		&cli.StringFlag{Name: "name", Value: "stdin", Usage: "`NAME` of stdin in messages"},
		&cli.StringFlag{Name: "max-size", Value: "1M", Usage: "refuse more than `N` bytes"},
		&cli.StringSliceFlag{Name: "exclude", Usage: "skip `GLOB` in folders; may be repeated"},
		&cli.BoolFlag{Name: "no-ignore", Usage: "search what git ignores too"},
	}
}

func quietFlag() cli.Flag {
	return &cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print no notes"}
}
