package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/dialect/parse"
)

func (a *app) sql() *cobra.Command {
	var file, output string
	var limit int
	var translation bool
	cmd := &cobra.Command{
		Use: "sql [STATEMENT]", Short: "Run SQL: a statement, a file, or at a prompt", Args: cobra.MaximumNArgs(1),
		Long: "Runs Snowflake SQL in the target's database and schema: the statement given, those of\n" +
			"--file, those that stand on standard input, or, on a terminal, what is typed at a\n" +
			"prompt. It works outside a project too, on --state-dir.\n\n" +
			"On the local warehouse a script runs if all of it can be read; else every mistake is told.\n" +
			"Exit status: 0, 1 when a statement fails (those after it are not run), 2 for wrong usage.",
		Example: "  snowpit sql \"list @modelstage\"\n  snowpit sql --file setup.sql\n  snowpit sql --output csv \"select * from model_metrics\" > metrics.csv\n  snowpit sql --state-dir :memory: \"select 1\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			if len(args) == 1 && file != "" {
				return usage("sql takes a statement or --file, not both")
			}
			w, err := a.openHere(cmd.Context())
			if err != nil {
				return err
			}
			s, err := w.session(cmd.Context())
			if err != nil {
				return errors.Join(err, w.close())
			}
			c := &sqlCommand{app: a, session: s, output: output, limit: limit, translation: translation}
			return errors.Join(c.run(cmd.Context(), args, file), s.Close(), w.close())
		},
	}
	cmd.Flags().StringVarP(&file, "file", "f", "", "a file of statements; - for standard input")
	cmd.Flags().BoolVar(&translation, "explain-translation", false, "show what the local warehouse would run, and run nothing")
	outputFlags(cmd, &output, &limit, 0)
	return cmd
}

type sqlCommand struct {
	*app
	session warehouse.Session
	output  string
	limit   int

	translation bool // show it instead of running the statement
}

// statement runs one statement and shows its rows, or shows its translation.
func (c *sqlCommand) statement(ctx context.Context, sql string) error {
	if !c.translation {
		return c.printResult(ctx, c.session, sql, c.output, c.limit)
	}
	text, err := warehouse.Translate(ctx, c.session, sql)
	if err == nil {
		fmt.Fprintln(c.stdout, text+";")
	}
	return err
}

func (c *sqlCommand) run(ctx context.Context, args []string, file string) error {
	switch tty := isTerminal(c.stdin); {
	case len(args) == 1:
		return c.script(ctx, args[0])
	case file == "" && tty:
		return c.prompt(ctx)
	case file == "" || file == "-":
		text, err := io.ReadAll(c.stdin)
		if err != nil {
			return err
		}
		return c.script(ctx, string(text))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return c.script(ctx, string(text))
}

// script runs statements until one fails. Where this program reads them itself,
// it runs none unless it can read all.
func (c *sqlCommand) script(ctx context.Context, text string) error {
	pieces := parse.Split(text)
	if len(pieces) == 0 {
		return usage("there is no statement to run")
	}
	if _, local := c.session.(warehouse.Translator); local && len(pieces) > 1 {
		if err := readable(text); err != nil {
			return err
		}
	}
	for _, piece := range pieces {
		err := c.statement(ctx, piece.Text)
		if err != nil && len(pieces) > 1 {
			err = fmt.Errorf("line %d: %w", piece.Pos.Line, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// readable tells every statement of a script that cannot be read, with its line.
func readable(text string) error {
	_, err := parse.Script(text)
	all, several := err.(interface{ Unwrap() []error })
	if !several {
		return err
	}
	var told []error
	for _, err := range all.Unwrap() {
		var refused *warehouse.Error
		if errors.As(err, &refused) && refused.Line > 0 {
			err = fmt.Errorf("line %d: %w", refused.Line, err)
		}
		told = append(told, err)
	}
	return errors.Join(told...)
}

// prompt runs what is typed until it ends in a semicolon, again and again,
// until the end of input or exit.
func (c *sqlCommand) prompt(ctx context.Context) error {
	in, out := c.stdin.(*os.File), c.stdout
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	defer term.Restore(int(in.Fd()), state)
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, out}, "snowpit> ")
	fmt.Fprintln(t, "Statements end in a semicolon. exit or Ctrl-D leaves.")
	// Results go through the terminal, which adds the carriage returns that a
	// raw one needs.
	rawApp := *c.app
	rawApp.stdout = t
	raw := *c
	raw.app = &rawApp
	var text strings.Builder
	for ctx.Err() == nil {
		line, err := t.ReadLine()
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if text.Len() == 0 && (strings.EqualFold(strings.Trim(line, "; "), "exit") || strings.EqualFold(strings.Trim(line, "; "), "quit")) {
			return nil
		}
		text.WriteString(line + "\n")
		t.SetPrompt("      -> ")
		if !strings.HasSuffix(strings.TrimSpace(line), ";") {
			continue
		}
		for _, piece := range parse.Split(text.String()) {
			if err := raw.statement(ctx, piece.Text); err != nil {
				fmt.Fprintln(t, err)
				break
			}
		}
		text.Reset()
		t.SetPrompt("snowpit> ")
	}
	return context.Cause(ctx)
}
