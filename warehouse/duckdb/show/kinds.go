package show

import "context"

// A kind is one kind of SHOW.
type kind struct {
	columns string // as listing.Columns reads them
	terse   string // those that TERSE leaves; "" where it changes nothing
	rows    func(v *Viewer, ctx context.Context, in place) ([]row, error)
}

// terse is what TERSE leaves of the objects in schemas.
const terse = "created_on@ name kind database_name schema_name"

// kinds are those that list what there is.
var kinds = map[string]kind{
	"TABLES": {columns: `created_on@ name database_name schema_name kind comment cluster_by rows# bytes# owner retention_time automatic_clustering
		change_tracking search_optimization search_optimization_progress search_optimization_bytes# is_external enable_schema_evolution
		owner_role_type is_event budget is_hybrid is_iceberg is_dynamic is_immutable`, terse: terse, rows: (*Viewer).tables},
	"HYBRID TABLES": {columns: `created_on@ name database_name schema_name owner rows# bytes# comment owner_role_type`, terse: terse, rows: (*Viewer).hybridTables},
	"INDEXES": {columns: `created_on@ name is_unique columns included_columns table database_name schema_name owner owner_role_type`,
		terse: terse, rows: (*Viewer).indexes},
	"VIEWS": {columns: `created_on@ name reserved database_name schema_name owner comment text is_secure is_materialized owner_role_type change_tracking`,
		terse: terse, rows: (*Viewer).views},
	"OBJECTS": {columns: `created_on@ name database_name schema_name kind comment cluster_by rows# bytes# owner retention_time owner_role_type budget
		is_hybrid is_iceberg is_dynamic`, terse: terse, rows: (*Viewer).objects},
	"COLUMNS": {columns: `table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement
		schema_evolution_record`, rows: (*Viewer).columns},
	"SEQUENCES": {columns: sequenceColumns, terse: terse, rows: (*Viewer).sequences},
	"SCHEMAS": {columns: `created_on@ name is_default is_current database_name owner comment options retention_time owner_role_type budget
		classification_profile_database classification_profile_schema classification_profile`, terse: terse, rows: (*Viewer).schemas},
	"DATABASES": {columns: `created_on@ name is_default is_current origin owner comment options retention_time kind budget owner_role_type`,
		terse: terse, rows: (*Viewer).databases},
	"STAGES": {columns: `created_on@ name database_name schema_name url has_credentials has_encryption_key owner comment region type cloud
		notification_channel storage_integration endpoint owner_role_type directory_enabled`, rows: (*Viewer).stages},
	"FILE FORMATS":    {columns: `created_on@ name database_name schema_name type owner comment format_options owner_role_type`, rows: (*Viewer).formats},
	"USER FUNCTIONS":  {columns: routineColumns, rows: (*Viewer).userFunctions},
	"FUNCTIONS":       {columns: routineColumns, rows: (*Viewer).functions},
	"USER PROCEDURES": {columns: routineColumns, rows: (*Viewer).procedures},
	"PROCEDURES":      {columns: routineColumns, rows: (*Viewer).procedures},
	"PRIMARY KEYS":    {columns: keyColumns, rows: keysOf("PRIMARY KEY")},
	"UNIQUE KEYS":     {columns: keyColumns, rows: keysOf("UNIQUE")},
	"IMPORTED KEYS":   {columns: foreignKeyColumns, rows: (*Viewer).importedKeys},
	"EXPORTED KEYS":   {columns: foreignKeyColumns, rows: (*Viewer).exportedKeys},
	"VARIABLES":       {columns: `session_id created_on@ updated_on@ name value type comment`, rows: (*Viewer).variables},
	"PARAMETERS":      {columns: `key value default level description type`, rows: (*Viewer).parameters},
	"TRANSACTIONS":    {columns: `id user session name started_on@ state scope`, rows: (*Viewer).transactions},
	"ROLES": {columns: `created_on@ name is_default is_current is_inherited assigned_to_users# granted_to_roles# granted_roles# owner comment`,
		terse: "created_on@ name kind", rows: (*Viewer).roles},
	"DATABASE ROLES": {columns: `created_on@ name is_default is_current is_inherited granted_to_roles# granted_to_database_roles#
		granted_database_roles# owner comment owner_role_type`, rows: (*Viewer).databaseRoles},
	"USERS": {columns: `name created_on@ login_name display_name first_name last_name email mins_to_unlock days_to_expiry comment disabled
		must_change_password snowflake_lock default_warehouse default_namespace default_role default_secondary_roles ext_authn_duo ext_authn_uid
		mins_to_bypass_mfa owner last_success_login@ expires_at_time@ locked_until_time@ has_password has_rsa_public_key type has_mfa
		has_workload_identity`,
		terse: "name created_on@ display_name first_name last_name email org_identity comment has_password has_rsa_public_key", rows: (*Viewer).users},
	"WAREHOUSES": {columns: `name state type size min_cluster_count# max_cluster_count# started_clusters# running# queued# is_default is_current
		auto_suspend# auto_resume available provisioning quiescing other created_on@ resumed_on@ updated_on@ owner comment enable_query_acceleration
		query_acceleration_max_scale_factor# resource_monitor actives pendings failed suspended uuid scaling_policy budget owner_role_type`,
		rows: (*Viewer).warehouses},
	"TAGS": {columns: `created_on@ name database_name schema_name owner comment allowed_values owner_role_type propagate on_conflict`, rows: (*Viewer).tags},

	// What nobody can make here: there is none of it, and that is the answer.
	"MATERIALIZED VIEWS": {columns: `created_on@ name reserved database_name schema_name cluster_by rows# bytes# source_database_name source_schema_name
		source_table_name refreshed_on compacted_on owner invalid invalid_reason behind_by comment text is_secure automatic_clustering owner_role_type
		budget`, terse: terse, rows: none},
	"DYNAMIC TABLES": {columns: `created_on@ name database_name schema_name cluster_by rows# bytes# owner target_lag refresh_mode refresh_mode_reason
		warehouse comment text automatic_clustering scheduling_state last_suspended_on is_clone is_replica is_iceberg data_timestamp owner_role_type`,
		terse: terse, rows: none},
	"EXTERNAL TABLES": {columns: `created_on@ name database_name schema_name invalid invalid_reason owner comment stage location file_format_name
		file_format_type cloud region notification_channel last_refreshed_on table_format last_refresh_details owner_role_type`, terse: terse, rows: none},
	"STREAMS": {columns: `created_on@ name database_name schema_name owner comment table_name source_type base_tables type stale mode stale_after@
		invalid_reason owner_role_type`, terse: terse, rows: none},
	"TASKS": {columns: `created_on@ name id database_name schema_name owner comment warehouse schedule predecessors state definition condition
		allow_overlapping_execution error_integration last_committed_on@ last_suspended_on@ owner_role_type config budget
		task_relations last_suspended_reason target_completion_interval`, terse: terse, rows: none},
	"PIPES": {columns: `created_on@ name database_name schema_name definition owner notification_channel comment integration pattern error_integration
		owner_role_type invalid_reason kind`, rows: none},
}

const (
	sequenceColumns = `name database_name schema_name next_value# interval# created_on@ owner comment owner_role_type ordered`
	routineColumns  = `created_on@ name schema_name is_builtin is_aggregate is_ansi min_num_arguments# max_num_arguments# arguments description
		catalog_name is_table_function valid_for_clustering is_secure secrets external_access_integrations is_external_function language is_memoizable
		is_data_metric`
	keyColumns        = `created_on@ database_name schema_name table_name column_name key_sequence# constraint_name rely comment`
	foreignKeyColumns = `created_on@ pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name
		fk_column_name key_sequence# update_rule delete_rule fk_name pk_name deferrability rely comment`
)

func none(*Viewer, context.Context, place) ([]row, error) { return nil, nil }
