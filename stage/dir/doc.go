// Package dir keeps stages in a folder on disk.
//
// A stage is the folder ROOT/DATABASE/SCHEMA/STAGE. Its objects lie below
// objects/ under their own names, to be looked at and copied with any tool:
//
//	ROOT/F1/PUBLIC/MODELSTAGE/objects/driver_position_1.0/driver_position_1.0.json
//
// Beside them, stage.json says when the stage was made, sums/ remembers
// checksums (it may be deleted at any time) and tmp/ holds puts under way.
//
// # Names
//
// A part of a name is a file's or folder's name, except that % and control
// characters are written as %XX, a part of over 200 bytes is spread over
// nested folders whose names end in %-, and an object whose name is also a
// folder, as a is where a/b exists, ends in a single %.
//
// On a file system to which a and A are one name, capitals and characters
// beyond ASCII are written as %XX too, so that README.md lies at
// %52%45%41%44%4D%45.md; a file that another tool copied there keeps its name.
// In the names of stages, which SQL folds to upper case, it is small letters
// and the slash that are written so, everywhere.
//
// # Safety
//
// A put is written to tmp/, synced, and renamed to its place, so that a
// process killed at any point leaves the old object or the new one. All paths
// are opened through [os.Root], and one with a link on it is refused: nothing
// leads out of the folder, or from one stage into another. A reader that meets
// bytes other than those that were put ends with [ErrCorrupt]; a file that
// another tool wrote since, which its size or time shows, is an object as it is
// now. One process at a time may have the folder open; the local warehouse's
// lock sees to that.
package dir
