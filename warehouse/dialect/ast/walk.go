package ast

// Inspect calls f for n and for what n holds, from the top down and from left
// to right, and leaves out what is inside a node for which f is false.
//
// It goes to statements, queries, bodies, tables, expressions, names, types
// and actions. Literals that are fixed parts of a statement, the pattern of
// LIST for one, are not visited.
func Inspect(n Node, f func(Node) bool) {
	w := walker{before: f}
	visit(&w, &n)
}

// Rewrite calls f for the nodes that [Inspect] visits, from the bottom up, and
// puts what f returns in the node's place. It returns what takes n's place.
// What f returns must be of the same family as what it was given: an Expr for
// an Expr, a *Name for a *Name.
func Rewrite(n Node, f func(Node) Node) Node {
	w := walker{after: f}
	visit(&w, &n)
	return n
}

// A walker goes through a tree. Either function may be nil.
type walker struct {
	before func(Node) bool
	after  func(Node) Node
}

// visit goes to *n, and puts what took its place there.
func visit[N interface {
	comparable
	Node
}](w *walker, n *N) {
	var none N
	if *n == none || w.before != nil && !w.before(*n) {
		return
	}
	(*n).walk(w)
	if w.after != nil {
		*n = w.after(*n).(N)
	}
}

func visitAll[N interface {
	comparable
	Node
}](w *walker, nodes []N) {
	for i := range nodes {
		visit(w, &nodes[i])
	}
}

// walkEach walks the parts of values that are no nodes to be visited.
func walkEach[P any](w *walker, parts []P, walk func(*P, *walker)) {
	for i := range parts {
		walk(&parts[i], w)
	}
}
