// Package unload is COPY INTO a location: a query's rows as files on a stage, all of
// them or none.
package unload
