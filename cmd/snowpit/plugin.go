package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/plugins/sdk"
	"github.com/snowpit-dev/snowpit/runner/project"
)

func (a *app) plugin() *cobra.Command {
	cmd := &cobra.Command{
		Use: "plugin", Short: "Plugins that train and predict", Args: cobra.NoArgs,
		Long: "A plugin is a program that a model's rows go through. Some come with snowpit; others\n" +
			"are executables named snowpit-plugin-NAME in the project's plugins folder or on PATH.\n\n" +
			"Exit status: 0, 1 when a plugin cannot be found or started, 2 for wrong usage.",
		Example: "  snowpit plugin ls\n  snowpit plugin describe logreg",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.pluginList(), a.pluginDescribe(), a.pluginServe())
	return cmd
}

// projectHere is the project here, or nil outside one.
func (a *app) projectHere() (*project.Project, error) {
	p, err := a.loadProject("")
	if errors.Is(err, project.ErrNoProject) && a.projectDir == "" {
		return nil, nil
	}
	return p, err
}

func (a *app) pluginList() *cobra.Command {
	return &cobra.Command{
		Use: "ls", Short: "List the plugins there are, and where", Args: cobra.NoArgs, Example: "  snowpit plugin ls",
		Long: "Lists the plugins there are, and where.\n\nExit status: 0, or 1 when the project cannot be read.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := a.projectHere()
			if err != nil {
				return err
			}
			h, err := a.host(p)
			if err != nil {
				return err
			}
			for _, f := range h.List(cmd.Context()) {
				fmt.Fprintf(a.stdout, "%-16s %s\n", f.Name, here(f.Source))
			}
			return nil
		},
	}
}

func (a *app) pluginDescribe() *cobra.Command {
	return &cobra.Command{
		Use: "describe NAME", Short: "What a plugin does and the config it reads", Args: cobra.ExactArgs(1), Example: "  snowpit plugin describe logreg",
		Long: "Starts a plugin and asks what it does and which config keys it reads.\n\nExit status: 0, 1 when there is no such plugin or it does not start, 2 for wrong usage.",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := a.projectHere()
			if err != nil {
				return err
			}
			h, err := a.host(p)
			if err != nil {
				return err
			}
			proc, err := h.Start(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			defer proc.Close()
			d, err := proc.Describe(cmd.Context())
			if err != nil {
				return err
			}
			a.printDescription(d)
			return nil
		},
	}
}

func (a *app) printDescription(d plugins.Description) {
	fmt.Fprintf(a.stdout, "%s %s: %s\n", d.Name, d.Version, d.Summary)
	for _, action := range d.Actions {
		fmt.Fprintf(a.stdout, "\naction='%s': %s\n", action.Name, action.Doc)
		for _, o := range action.Config {
			notes := ""
			switch {
			case o.Required:
				notes = " (required)"
			case o.Default != "":
				notes = " (default " + o.Default + ")"
			}
			fmt.Fprintf(a.stdout, "  %-16s %s%s\n", o.Name, o.Doc, notes)
		}
	}
}

// pluginServe is how the program runs its own plugins as subprocesses.
func (a *app) pluginServe() *cobra.Command {
	return &cobra.Command{
		Use: "serve NAME", Hidden: true, Args: cobra.ExactArgs(1),
		Short: "Serve a plugin of this program to the snowpit that started it",
		RunE: func(_ *cobra.Command, args []string) error {
			make, ok := builtin[args[0]]
			if !ok {
				var names []string
				for name := range builtin {
					names = append(names, name)
				}
				return usage("there is no built-in plugin %s; there is %s", args[0], strings.Join(names, ", "))
			}
			sdk.Serve(make())
			return nil
		},
	}
}
