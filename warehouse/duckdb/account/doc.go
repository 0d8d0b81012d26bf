// Package account keeps what belongs to no database: roles, users, warehouses,
// tags and who may do what, in the state folder's account.json. They are there
// to be shown; nothing is forbidden by them.
package account
