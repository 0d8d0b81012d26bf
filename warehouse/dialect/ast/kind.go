package ast

// Kind is what QUERY_HISTORY calls a statement in its column QUERY_TYPE, such
// as SELECT, CREATE_TABLE_AS_SELECT or PUT_FILES.
func Kind(s Statement) string {
	switch s := s.(type) {
	case *Chain:
		return chainKind(s)
	case *Query:
		return "SELECT"
	case *Insert:
		return "INSERT"
	case *MultiInsert:
		return "MULTI_TABLE_INSERT"
	case *Update:
		return "UPDATE"
	case *Delete:
		return "DELETE"
	case *Merge:
		return "MERGE"
	case *Truncate:
		return "TRUNCATE_TABLE"
	case *CopyInto:
		return "COPY"
	case *CopyFiles:
		return "COPY_FILES"
	case *CopyUnload:
		return "UNLOAD"
	case *List:
		return "LIST_FILES"
	case *Remove:
		return "REMOVE_FILES"
	case *Put:
		return "PUT_FILES"
	case *Get:
		return "GET_FILES"
	case *Other:
		return s.Kind
	}
	return ddlKind(s)
}

// chainKind is the kind of a chain's first statement that does more than show
// something, or else of its last.
func chainKind(c *Chain) (kind string) {
	for _, l := range c.Links {
		if kind = Kind(l.Statement); kind != "SELECT" && kind != "SHOW" && kind != "DESCRIBE" && kind != "LIST_FILES" {
			return kind
		}
	}
	return kind
}

// ddlKind is Kind for the statements that change definitions.
func ddlKind(s Statement) string {
	switch s := s.(type) {
	case *CreateTable:
		if s.Query != nil {
			return "CREATE_TABLE_AS_SELECT"
		}
		return "CREATE_TABLE"
	case *CreateView:
		return "CREATE_VIEW"
	case *CreateSequence:
		return "CREATE_SEQUENCE"
	case *CreateObject:
		if s.Object == "ROLE" || s.Object == "USER" {
			return "CREATE_" + s.Object
		}
		return "CREATE"
	case *CreateStage, *CreateFunction:
		return "CREATE"
	case *Alter:
		if s.Object == "TABLE" {
			return "ALTER_TABLE"
		}
		return "ALTER"
	case *Drop:
		return "DROP"
	case *Comment:
		return "COMMENT"
	case *Grant:
		if s.Revoke {
			return "REVOKE"
		}
		return "GRANT"
	}
	return sessionKind(s)
}

// sessionKind is Kind for the statements of a session.
func sessionKind(s Statement) string {
	switch s.(type) {
	case *Show:
		return "SHOW"
	case *Describe:
		return "DESCRIBE"
	case *Use:
		return "USE"
	case *AlterSession:
		return "ALTER_SESSION"
	case *Set:
		return "SET"
	case *Unset:
		return "UNSET"
	case *Begin:
		return "BEGIN_TRANSACTION"
	case *Commit:
		return "COMMIT"
	case *Rollback:
		return "ROLLBACK"
	case *CallProcedure, *WithProcedure, *Block:
		return "CALL"
	case *ExecuteImmediate:
		return "EXECUTE_IMMEDIATE"
	case *Explain:
		return "EXPLAIN"
	}
	return "UNKNOWN"
}
