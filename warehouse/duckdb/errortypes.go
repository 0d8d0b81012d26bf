package duckdb

// The types of error that DuckDB names, and that mean something here.
const (
	typeBinder      = "Binder"
	typeCatalog     = "Catalog"
	typeConstraint  = "Constraint"
	typeConversion  = "Conversion"
	typeDivide      = "Divide by Zero"
	typeFatal       = "FATAL"
	typeInternal    = "INTERNAL"
	typeInterrupt   = "INTERRUPT"
	typeInvalid     = "Invalid Input"
	typeIO          = "IO"
	typeMemory      = "Out of Memory"
	typeNotImpl     = "Not implemented"
	typeParser      = "Parser"
	typePermission  = "Permission"
	typeRange       = "Out of Range"
	typeSyntax      = "Syntax"
	typeTransaction = "TransactionContext"
)

// The subtypes of Binder and Catalog errors.
const (
	subtypeMissing    = "MISSING_ENTRY"
	subtypeExists     = "ENTRY_ALREADY_EXISTS"
	subtypeNoColumn   = "COLUMN_NOT_FOUND"
	subtypeNoFunction = "NO_MATCHING_FUNCTION"
)
