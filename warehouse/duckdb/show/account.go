package show

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/listing"
)

// of are the account's objects of a kind, those that every account has first in
// the making; they have no time of it.
func (v *Viewer) of(kind string, own ...string) (all []account.Object) {
	for _, name := range own {
		all = append(all, account.Object{Kind: kind, Name: name})
	}
	for _, o := range v.Account.Objects {
		if o.Kind == kind {
			all = append(all, o)
		}
	}
	return all
}

func (v *Viewer) roles(context.Context, place) (all []row, _ error) {
	count := func(keep func(account.Grant) bool) (n int64) {
		for _, g := range v.Account.Grants {
			if g.On == "ROLE" && keep(g) {
				n++
			}
		}
		return n
	}
	for _, o := range v.of("ROLE", account.OwnRoles...) {
		users := count(func(g account.Grant) bool { return g.Name == o.Name && g.ToKind == "USER" })
		roles := count(func(g account.Grant) bool { return g.Name == o.Name && g.ToKind == "ROLE" })
		granted := count(func(g account.Grant) bool { return g.To == o.Name && g.ToKind == "ROLE" })
		all = append(all, row{catalog.NameOf("", "", o.Name), []any{o.Created, o.Name, listing.YesNo(o.Name == owner),
			listing.YesNo(o.Name == cmp.Or(v.Role, owner)), "N", users, roles, granted, owner, o.Options["COMMENT"]}})
	}
	return all, nil
}

// otherwise is an option of an object, or what holds where nobody set it.
func otherwise(o account.Object) func(key, value string) string {
	return func(key, value string) string {
		if set, ok := o.Options[key]; ok {
			return set
		}
		return value
	}
}

// databaseRoles are a database's own.
func (v *Viewer) databaseRoles(_ context.Context, in place) (all []row, _ error) {
	for _, o := range v.of("DATABASE ROLE") {
		database, name, _ := strings.Cut(o.Name, ".")
		at := catalog.NameOf(database, "", name)
		if !in.Has(at) {
			continue
		}
		var roles, above, below int64
		for _, g := range v.Account.Grants {
			switch {
			case g.On == o.Kind && g.Name == o.Name && g.ToKind == "ROLE":
				roles++
			case g.On == o.Kind && g.Name == o.Name && g.ToKind == o.Kind:
				above++
			case g.On == o.Kind && g.ToKind == o.Kind && g.To == o.Name:
				below++
			}
		}
		all = append(all, row{at, []any{o.Created, name, "N", "N", "N", roles, above, below, owner, o.Options["COMMENT"], "ROLE"}})
	}
	return all, nil
}

func (v *Viewer) users(context.Context, place) (all []row, _ error) {
	for _, o := range v.of("USER", "SNOWPIT") {
		get := otherwise(o)
		all = append(all, row{catalog.NameOf("", "", o.Name), []any{o.Name, o.Created, get("LOGIN_NAME", o.Name), get("DISPLAY_NAME", o.Name),
			get("FIRST_NAME", ""), get("LAST_NAME", ""), get("EMAIL", ""), "", "", get("COMMENT", ""), get("DISABLED", "false"),
			get("MUST_CHANGE_PASSWORD", "false"), "false", get("DEFAULT_WAREHOUSE", ""), get("DEFAULT_NAMESPACE", ""), get("DEFAULT_ROLE", ""),
			get("DEFAULT_SECONDARY_ROLES", ""), "false", "", "", owner, nil, nil, nil, "false", "false", get("TYPE", ""), "false", "false"}})
	}
	return all, nil
}

// sizes are how SHOW WAREHOUSES spells them.
var sizes = map[string]string{"XSMALL": "X-Small", "X-SMALL": "X-Small", "SMALL": "Small", "MEDIUM": "Medium", "LARGE": "Large", "XLARGE": "X-Large",
	"X-LARGE": "X-Large", "XXLARGE": "2X-Large", "X2LARGE": "2X-Large", "2X-LARGE": "2X-Large"}

func (v *Viewer) warehouses(context.Context, place) (all []row, _ error) {
	for _, o := range v.of("WAREHOUSE", "SNOWPIT") {
		size := cmp.Or(sizes[strings.ToUpper(o.Options["WAREHOUSE_SIZE"])], "X-Small")
		kind := cmp.Or(o.Options["WAREHOUSE_TYPE"], "STANDARD")
		all = append(all, row{catalog.NameOf("", "", o.Name), []any{o.Name, "STARTED", kind, size, int64(1), int64(1), int64(1), int64(0), int64(0),
			listing.YesNo(o.Name == "SNOWPIT"), listing.YesNo(o.Name == cmp.Or(v.Warehouse, "SNOWPIT")), int64(600), "true", "100", "0", "0", "0",
			o.Created, o.Created, o.Created, owner, o.Options["COMMENT"], "false", int64(8), "null", "0", "0", "0", "0", "0", "STANDARD", nil, "ROLE"}})
	}
	return all, nil
}

func (v *Viewer) tags(_ context.Context, in place) (all []row, _ error) {
	for _, o := range v.of("TAG") {
		t, ok := o.At()
		if ok && in.Has(t) {
			all = append(all, row{t, []any{o.Created, t.Table, t.Database, t.Schema, owner, o.Options["COMMENT"], listing.OrNull(o.Options["ALLOWED_VALUES"]), "ROLE",
				listing.OrNull(o.Options["PROPAGATE"]), listing.OrNull(o.Options["ON_CONFLICT"])}})
		}
	}
	slices.SortFunc(all, func(a, b row) int { return a.cells[0].(time.Time).Compare(b.cells[0].(time.Time)) })
	return all, nil
}
