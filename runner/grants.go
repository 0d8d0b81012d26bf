package runner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/snowpit-dev/snowpit/runner/render/jinja/value"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// A grant is a privilege that a role has, both in upper case.
type grant struct{ privilege, role string }

// grants gives the roles of the config's grants their privileges on the
// relation, and takes from others what an earlier run gave them: the table of
// an incremental model, and one built with copy_grants, keep theirs. The local
// warehouse notes privileges and asks nobody for them.
func (b *build) grants(ctx context.Context) error {
	if len(value.Fields(b.node.Config.All["grants"])) == 0 {
		return nil
	}
	wanted := grantsOf(b.node.Config)
	kind := "table"
	if _, view := b.catalog.find(b.node.Relation); view {
		kind = "view"
	}
	on := fmt.Sprintf("%s %s", kind, b.node.Relation)
	have, err := b.granted(ctx, on)
	if err != nil {
		return err
	}
	for _, g := range have {
		if !slices.Contains(wanted, g) {
			if err := b.beside(ctx, fmt.Sprintf("revoke %s on %s from role %s", g.privilege, on, warehouse.QuoteIdent(g.role))); err != nil {
				return fmt.Errorf("grants: %w", err)
			}
		}
	}
	for _, g := range wanted {
		if !slices.Contains(have, g) {
			if err := b.beside(ctx, fmt.Sprintf("grant %s on %s to role %s", g.privilege, on, warehouse.QuoteIdent(g.role))); err != nil {
				return fmt.Errorf("grants: %w", err)
			}
		}
	}
	return nil
}

// grantsOf is what a config grants, in order: a role or a list of them a
// privilege.
func grantsOf(c Config) []grant {
	byPrivilege := value.Fields(c.All["grants"])
	var out []grant
	for _, privilege := range slices.Sorted(maps.Keys(byPrivilege)) {
		roles, ok := byPrivilege[privilege].([]any)
		if !ok {
			roles = []any{byPrivilege[privilege]}
		}
		for _, role := range roles {
			if name, ok := role.(string); ok && name != "" {
				out = append(out, grant{strings.ToUpper(privilege), warehouse.FoldIdent(name)})
			}
		}
	}
	return out
}

// granted is what roles have been granted on a relation, but for owning it.
func (b *build) granted(ctx context.Context, on string) ([]grant, error) {
	res, err := b.s.Query(ctx, "show grants on "+on)
	if err != nil {
		return nil, err
	}
	defer res.Close()
	at := func(name string) int {
		return slices.IndexFunc(res.Columns, func(c warehouse.Column) bool { return strings.EqualFold(c.Name, name) })
	}
	privilege, to, role := at("privilege"), at("granted_to"), at("grantee_name")
	if privilege < 0 || to < 0 || role < 0 {
		return nil, fmt.Errorf("grants: SHOW GRANTS gave columns %s", strings.Join(columnNames(res.Columns), ", "))
	}
	var out []grant
	for batch, err := range res.Batches() {
		if err != nil {
			return nil, err
		}
		for i := range int(batch.NumRows()) {
			g := grant{strings.ToUpper(text(batch.Column(privilege), i)), text(batch.Column(role), i)}
			if strings.EqualFold(text(batch.Column(to), i), "ROLE") && g.privilege != "OWNERSHIP" {
				out = append(out, g)
			}
		}
	}
	return out, nil
}
