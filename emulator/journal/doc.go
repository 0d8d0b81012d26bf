// Package journal keeps in a file what a server has to know again when it was
// killed: which requests it has answered, and how, which were on their way,
// which sessions were logged out, and which had a transaction open. What is
// written survives the process, not the machine: nothing waits for the disk.
package journal
