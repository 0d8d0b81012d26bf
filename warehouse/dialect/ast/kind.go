package ast

// Kind is what QUERY_HISTORY calls a statement in its column QUERY_TYPE, such
// as SELECT, CREATE_TABLE_AS_SELECT or PUT_FILES.
func Kind(s Statement) string {
	switch s := s.(type) {
	case *Other:
		return s.Kind
	case *CreateStage:
		return "CREATE"
	case *Drop:
		return "DROP"
	case *List:
		return "LIST_FILES"
	case *Remove:
		return "REMOVE_FILES"
	case *Put:
		return "PUT_FILES"
	case *Get:
		return "GET_FILES"
	case *Show:
		return "SHOW"
	}
	return "UNKNOWN"
}
