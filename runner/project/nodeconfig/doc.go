// Package nodeconfig puts a node's config together and reads it.
//
// Config comes in layers, one a place that says something: dbt_project.yml, the
// properties in YAML, the template's own config(). [Overlay] puts the later over
// the earlier by dbt's rules, under which some keys add up, some maps are merged,
// and the rest are replaced. A [Reader] then takes the values for what they have
// to be, and keeps the first that is something else as its error.
package nodeconfig
