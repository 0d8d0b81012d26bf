package main

import (
	"fmt"
	"os"

	"github.com/snowpit-dev/snowpit/runner"
	"github.com/snowpit-dev/snowpit/stage/snowstage"
	"github.com/snowpit-dev/snowpit/warehouse"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake"
	"github.com/snowpit-dev/snowpit/warehouse/snowflake/account"
)

// connection finds a connection of connections.toml.
func connection(name string) (map[string]any, string, error) {
	home, _ := os.UserHomeDir() // without one there is SNOWFLAKE_HOME
	return account.Connection(name, os.LookupEnv, home)
}

// snowflakeConfig is how a target of type snowflake is reached.
func snowflakeConfig(t runner.Target) (account.Config, error) {
	c, err := account.Settings(t.Settings)
	if err != nil {
		return c, usageError{fmt.Errorf("target %s: %w", t.Name, err)}
	}
	return c, nil
}

// openSnowflake opens the account of a target of type snowflake. Nothing is
// sent before the first session opens.
func (w *workspace) openSnowflake() error {
	t := w.project.Target
	c, err := snowflakeConfig(t)
	if err != nil {
		return err
	}
	account, err := snowflake.Open(c)
	if err != nil {
		return usageError{fmt.Errorf("target %s: %w", t.Name, err)}
	}
	stages := snowstage.New(account, snowstage.Config{Options: warehouse.SessionOptions{
		Database: t.Database, Schema: t.Schema, Role: t.Role, Warehouse: t.Compute,
	}})
	w.warehouse, w.stages = account, stages
	w.closers = append(w.closers, stages.Close, account.Close)
	return nil
}
