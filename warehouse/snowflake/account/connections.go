package account

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/BurntSushi/toml"
)

// Connection finds a connection by its name in Snowflake's own files:
// connections.toml, or else the table connections of config.toml, in the folder
// that SNOWFLAKE_HOME names, in ~/.snowflake, or where the system keeps
// settings. It gives the connection's keys, for [Settings], and the file; a
// name that is in none of them gives no file. An error never holds a value.
//
// A file that others than its owner may write is refused: who can write it
// chooses where the credentials go.
func Connection(name string, env func(string) (string, bool), home string) (values map[string]any, file string, err error) {
	for _, dir := range connectionDirs(env, home) {
		for _, base := range []string{"connections.toml", "config.toml"} {
			path := filepath.Join(dir, base)
			all, err := readConnections(path, base == "config.toml")
			if errors.Is(err, fs.ErrNotExist) {
				continue
			} else if err != nil {
				return nil, path, err
			}
			if values, ok := all[name].(map[string]any); ok {
				return values, path, nil
			}
		}
	}
	return nil, "", nil
}

func connectionDirs(env func(string) (string, bool), home string) (dirs []string) {
	if env != nil {
		if dir, ok := env("SNOWFLAKE_HOME"); ok && dir != "" {
			return []string{expandHome(dir)}
		}
	}
	if home == "" {
		return nil
	}
	dirs = []string{filepath.Join(home, ".snowflake")}
	switch runtime.GOOS {
	case "darwin":
		return append(dirs, filepath.Join(home, "Library", "Application Support", "snowflake"))
	case "windows":
		return append(dirs, filepath.Join(home, "AppData", "Local", "snowflake"))
	}
	config := filepath.Join(home, ".config")
	if env != nil {
		if dir, ok := env("XDG_CONFIG_HOME"); ok && dir != "" {
			config = dir
		}
	}
	return append(dirs, filepath.Join(config, "snowflake"))
}

func readConnections(path string, nested bool) (map[string]any, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%s: others may write it: take that from them with chmod 600 %s", path, path)
	}
	all := map[string]any{}
	if _, err := toml.DecodeFile(path, &all); err != nil {
		var bad toml.ParseError
		if errors.As(err, &bad) { // its text quotes the file
			return nil, fmt.Errorf("%s:%d: this line is not TOML", path, bad.Position.Line)
		}
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if nested {
		inner, ok := all["connections"].(map[string]any)
		if !ok {
			return nil, nil
		}
		return inner, nil
	}
	return all, nil
}
