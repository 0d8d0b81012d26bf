package duckdb

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/warehouse/duckdb/account"
	"github.com/snowpit-dev/snowpit/warehouse/duckdb/catalog"
)

// accountShowings are the kinds of SHOW that list objects of the account.
var accountShowings = map[string]showing{
	"ROLES": {columns: `created_on@ name is_default is_current is_inherited assigned_to_users# granted_to_roles# granted_roles# owner comment`,
		terse: "created_on@ name kind", rows: showRoles},
	"USERS": {columns: `name created_on@ login_name display_name first_name last_name email mins_to_unlock days_to_expiry comment disabled
		must_change_password snowflake_lock default_warehouse default_namespace default_role default_secondary_roles ext_authn_duo ext_authn_uid
		mins_to_bypass_mfa owner last_success_login@ expires_at_time@ locked_until_time@ has_password has_rsa_public_key type has_mfa`,
		terse: "name created_on@ display_name first_name last_name email org_identity comment has_password has_rsa_public_key", rows: showUsers},
	"WAREHOUSES": {columns: `name state type size min_cluster_count# max_cluster_count# started_clusters# running# queued# is_default is_current
		auto_suspend# auto_resume available provisioning quiescing other created_on@ resumed_on@ updated_on@ owner comment enable_query_acceleration
		query_acceleration_max_scale_factor# resource_monitor actives pendings failed suspended uuid scaling_policy budget owner_role_type`,
		rows: showWarehouses},
	"TAGS": {columns: `created_on@ name database_name schema_name owner comment allowed_values owner_role_type`, rows: showTags},
}

// accountObjects are the objects of a kind, those that every account has first
// in the making; they have no time of it.
func (s *session) accountObjects(kind string, own ...string) (all []account.Object) {
	for _, name := range own {
		all = append(all, account.Object{Kind: kind, Name: name})
	}
	for _, o := range s.w.account.Now().Objects {
		if o.Kind == kind {
			all = append(all, o)
		}
	}
	return all
}

func showRoles(_ context.Context, s *session, _ area) (all []shown, _ error) {
	grants := s.w.account.Now().Grants
	count := func(keep func(account.Grant) bool) (n int64) {
		for _, g := range grants {
			if g.On == "ROLE" && keep(g) {
				n++
			}
		}
		return n
	}
	for _, o := range s.accountObjects("ROLE", account.OwnRoles...) {
		users := count(func(g account.Grant) bool { return g.Name == o.Name && g.ToKind == "USER" })
		roles := count(func(g account.Grant) bool { return g.Name == o.Name && g.ToKind == "ROLE" })
		granted := count(func(g account.Grant) bool { return g.To == o.Name && g.ToKind == "ROLE" })
		all = append(all, shown{catalog.NameOf("", "", o.Name), []any{o.Created, o.Name, yes(o.Name == "SNOWPIT"), yes(o.Name == cmp.Or(s.role, "SNOWPIT")), "N",
			users, roles, granted, "SNOWPIT", o.Options["COMMENT"]}})
	}
	return all, nil
}

func showUsers(_ context.Context, s *session, _ area) (all []shown, _ error) {
	for _, o := range s.accountObjects("USER", "SNOWPIT") {
		get := func(key, otherwise string) string {
			if v, ok := o.Options[key]; ok {
				return v
			}
			return otherwise
		}
		all = append(all, shown{catalog.NameOf("", "", o.Name), []any{o.Name, o.Created, get("LOGIN_NAME", o.Name), get("DISPLAY_NAME", o.Name),
			get("FIRST_NAME", ""), get("LAST_NAME", ""), get("EMAIL", ""), "", "", get("COMMENT", ""), get("DISABLED", "false"),
			get("MUST_CHANGE_PASSWORD", "false"), "false", get("DEFAULT_WAREHOUSE", ""), get("DEFAULT_NAMESPACE", ""), get("DEFAULT_ROLE", ""),
			get("DEFAULT_SECONDARY_ROLES", ""), "false", "", "", "SNOWPIT", nil, nil, nil, "false", "false", get("TYPE", ""), "false"}})
	}
	return all, nil
}

// sizes are how SHOW WAREHOUSES spells them.
var sizes = map[string]string{"XSMALL": "X-Small", "X-SMALL": "X-Small", "SMALL": "Small", "MEDIUM": "Medium", "LARGE": "Large", "XLARGE": "X-Large",
	"X-LARGE": "X-Large", "XXLARGE": "2X-Large", "X2LARGE": "2X-Large", "2X-LARGE": "2X-Large"}

func showWarehouses(_ context.Context, s *session, _ area) (all []shown, _ error) {
	for _, o := range s.accountObjects("WAREHOUSE", "SNOWPIT") {
		size := sizes[strings.ToUpper(o.Options["WAREHOUSE_SIZE"])]
		if size == "" {
			size = "X-Small"
		}
		kind := o.Options["WAREHOUSE_TYPE"]
		if kind == "" {
			kind = "STANDARD"
		}
		all = append(all, shown{catalog.NameOf("", "", o.Name), []any{o.Name, "STARTED", kind, size, int64(1), int64(1), int64(1), int64(0), int64(0),
			yes(o.Name == "SNOWPIT"), yes(o.Name == cmp.Or(s.compute, "SNOWPIT")), int64(600), "true", "100", "0", "0", "0", o.Created, o.Created, o.Created, "SNOWPIT",
			o.Options["COMMENT"], "false", int64(8), "null", "0", "0", "0", "0", "0", "STANDARD", nil, "ROLE"}})
	}
	return all, nil
}

func showTags(_ context.Context, s *session, in area) (all []shown, _ error) {
	for _, o := range s.accountObjects("TAG") {
		name := splitName(o.Name)
		if len(name) != 3 {
			continue
		}
		t := catalog.NameOf(name[0].Name, name[1].Name, name[2].Name)
		if in.has(t) {
			all = append(all, shown{t, []any{o.Created, t.Table, t.Database, t.Schema, "SNOWPIT", o.Options["COMMENT"], orNull(o.Options["ALLOWED_VALUES"]), "ROLE"}})
		}
	}
	slices.SortFunc(all, func(a, b shown) int { return a.row[0].(time.Time).Compare(b.row[0].(time.Time)) })
	return all, nil
}
