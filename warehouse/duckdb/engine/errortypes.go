package engine

// The types of error that DuckDB names, and that mean something here.
const (
	TypeBinder      = "Binder"
	TypeCatalog     = "Catalog"
	TypeConstraint  = "Constraint"
	TypeConversion  = "Conversion"
	TypeDivide      = "Divide by Zero"
	TypeFatal       = "FATAL"
	TypeInternal    = "INTERNAL"
	TypeInterrupt   = "INTERRUPT"
	TypeInvalid     = "Invalid Input"
	TypeIO          = "IO"
	TypeMemory      = "Out of Memory"
	TypeNotImpl     = "Not implemented"
	TypeParser      = "Parser"
	TypePermission  = "Permission"
	TypeRange       = "Out of Range"
	TypeSyntax      = "Syntax"
	TypeTransaction = "TransactionContext"
)

// The subtypes of Binder and Catalog errors.
const (
	SubtypeMissing    = "MISSING_ENTRY"
	SubtypeExists     = "ENTRY_ALREADY_EXISTS"
	SubtypeNoColumn   = "COLUMN_NOT_FOUND"
	SubtypeNoFunction = "NO_MATCHING_FUNCTION"
)
