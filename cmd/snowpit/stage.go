package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/snowpit-dev/snowpit/stage"
)

func (a *app) stage() *cobra.Command {
	cmd := &cobra.Command{
		Use: "stage", Short: "Stages and the files on them", Args: cobra.NoArgs,
		Long: "Lists, stores, fetches and removes files on stages. A location is @STAGE/path, with\nthe schema and database in front where they are not the target's.\n\n" +
			"Exit status: 0, 1 when it is not there or cannot be done, 2 for wrong usage.",
		Example: "  snowpit stage ls\n  snowpit stage cat @modelstage/driver_position_1.0/driver_position_1.0.json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		a.stageCommand("ls [LOCATION]", "List stages, or the files of one", "  snowpit stage ls\n  snowpit stage ls @modelstage/driver", cobra.MaximumNArgs(1), stageList),
		a.stageCommand("put FILE LOCATION", "Store a file; a location that ends in / keeps its name", "  snowpit stage put model.json @modelstage/mine/", cobra.ExactArgs(2), stagePut),
		a.stageCommand("get LOCATION [FILE]", "Fetch a file", "  snowpit stage get @modelstage/driver_position_1.0/driver_position_1.0.json model.json", cobra.RangeArgs(1, 2), stageGet),
		a.stageCommand("cat LOCATION", "Print a file", "  snowpit stage cat @modelstage/driver_position_1.0/driver_position_1.0.json", cobra.ExactArgs(1), stageCat),
		a.stageCommand("rm LOCATION", "Remove a file", "  snowpit stage rm @modelstage/old/model.json", cobra.ExactArgs(1), stageRemove),
	)
	return cmd
}

func (a *app) stageCommand(use, short, example string, args cobra.PositionalArgs, do func(context.Context, *workspace, []string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example, Args: args, Long: short + ".\n\nExit status: 0, 1 when it is not there or cannot be done, 2 for wrong usage.",
		RunE: func(cmd *cobra.Command, args []string) error {
			w, err := a.openHere(cmd.Context())
			if err != nil {
				return err
			}
			return errors.Join(do(cmd.Context(), w, args), w.close())
		},
	}
}

func stageList(ctx context.Context, w *workspace, args []string) error {
	if len(args) == 0 {
		for info, err := range w.stages.Stages(ctx) {
			if err != nil {
				return err
			}
			if root, ok := info.Bucket(); ok {
				fmt.Fprintln(w.app.stdout, root)
				continue
			}
			fmt.Fprintf(w.app.stdout, "@%s\n", info.Name)
		}
		return nil
	}
	st, loc, err := w.locate(ctx, args[0])
	if err != nil {
		return err
	}
	for obj, err := range st.List(ctx, loc.Path) {
		if err != nil {
			return err
		}
		fmt.Fprintf(w.app.stdout, "%10d  %s  %s  @%s/%s\n", obj.Size, obj.Modified.UTC().Format("2006-01-02 15:04:05"), obj.MD5, loc.Name, obj.Name)
	}
	return nil
}

func stagePut(ctx context.Context, w *workspace, args []string) error {
	st, loc, err := w.locate(ctx, args[1])
	if err != nil {
		return err
	}
	name := loc.Path
	if name == "" || strings.HasSuffix(name, "/") {
		name = path.Join(name, filepath.Base(args[0]))
	}
	file, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	obj, err := st.Put(ctx, name, file, stage.PutOptions{})
	if err != nil {
		return err
	}
	fmt.Fprintf(w.app.stdout, "put @%s/%s, %d bytes, SHA-256 %s\n", loc.Name, obj.Name, obj.Size, obj.SHA256)
	return nil
}

func stageGet(ctx context.Context, w *workspace, args []string) error {
	st, loc, err := w.locate(ctx, args[0])
	if err != nil {
		return err
	}
	r, obj, err := st.Open(ctx, loc.Path)
	if err != nil {
		return err
	}
	defer r.Close()
	to := path.Base(obj.Name)
	if len(args) == 2 {
		to = args[1]
	}
	if err := writeWhole(to, r); err != nil {
		return err
	}
	fmt.Fprintf(w.app.stdout, "got %s, %d bytes\n", to, obj.Size)
	return nil
}

// writeWhole writes r to a file, which is there whole or not at all.
func writeWhole(to string, r io.Reader) error {
	tmp, err := os.CreateTemp(filepath.Dir(to), "."+filepath.Base(to)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err := io.Copy(tmp, r); err != nil {
		tmp.Close()
		return err
	}
	if err := errors.Join(tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), to)
}

func stageCat(ctx context.Context, w *workspace, args []string) error {
	st, loc, err := w.locate(ctx, args[0])
	if err != nil {
		return err
	}
	r, _, err := st.Open(ctx, loc.Path)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(w.app.stdout, r)
	return err
}

func stageRemove(ctx context.Context, w *workspace, args []string) error {
	st, loc, err := w.locate(ctx, args[0])
	if err != nil {
		return err
	}
	if err := st.Remove(ctx, loc.Path); err != nil {
		return err
	}
	fmt.Fprintf(w.app.stdout, "removed %s\n", loc)
	return nil
}
