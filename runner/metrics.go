package runner

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/snowpit-dev/snowpit/plugins"
	"github.com/snowpit-dev/snowpit/warehouse"
)

// metricsColumns are the columns of MODEL_METRICS, one row a model trained.
var metricsColumns = []struct{ name, typ, metric string }{
	{"RUN_ID", "VARCHAR", ""},
	{"MODEL", "VARCHAR", ""},
	{"TRAINED_AT", "TIMESTAMP_NTZ", ""}, // UTC
	{"PLUGIN", "VARCHAR", ""},
	{"ARTIFACT", "VARCHAR", ""},
	{"ARTIFACT_SHA256", "VARCHAR", ""},
	{"TABLE_ROWS", "NUMBER(38,0)", ""},
	{"SECONDS", "FLOAT", ""}, // from the model's start until its table was written
	{"BALANCED_ACCURACY", "FLOAT", plugins.MetricBalancedAccuracy},
	{"ACCURACY", "FLOAT", plugins.MetricAccuracy},
	{"LOG_LOSS", "FLOAT", plugins.MetricLogLoss},
	{"LAB_BALANCED_ACCURACY", "FLOAT", plugins.MetricLabBalancedAccuracy},
	{"TRAIN_ROWS", "NUMBER(38,0)", plugins.MetricTrainRows},
	{"TEST_ROWS", "NUMBER(38,0)", plugins.MetricTestRows},
	{"FIT_SECONDS", "FLOAT", plugins.MetricFitSeconds},
	{"CLASSES", "VARCHAR", plugins.MetricClasses},                  // JSON
	{"CONFUSION_MATRIX", "VARCHAR", plugins.MetricConfusionMatrix}, // JSON
	{"PER_CLASS", "VARCHAR", plugins.MetricPerClass},               // JSON
	{"METRICS", "VARCHAR", ""},                                     // JSON, every metric
}

// metricsTable is where the metrics of trained models go: MODEL_METRICS in the
// target's schema.
func (r *run) metricsTable() Relation {
	return Relation{Database: r.project.Target.Database, Schema: r.project.Target.Schema, Identifier: "MODEL_METRICS"}
}

// ensureMetrics makes the table of metrics if it is not there.
func (r *run) ensureMetrics(ctx context.Context, s warehouse.Session) error {
	defs := make([]string, len(metricsColumns))
	for i, c := range metricsColumns {
		defs[i] = c.name + " " + c.typ
	}
	table := r.metricsTable()
	schema := Relation{Database: table.Database, Schema: table.Schema}
	r.mu.Lock()
	defer r.mu.Unlock()
	err := ensureSchema(ctx, s, schema)
	if err == nil {
		_, err = warehouse.Exec(ctx, s, fmt.Sprintf("create table if not exists %s (%s)", table, strings.Join(defs, ", ")))
	}
	if err != nil {
		return fmt.Errorf("table %s: %w", table, err)
	}
	return nil
}

// metricsInsert is the statement that adds a trained model's row. It is spelt
// out with its values, so that the query history shows the metrics too.
func (b *build) metricsInsert(p *PluginResult, rows int64) string {
	fixed := map[string]string{
		"RUN_ID":          warehouse.QuoteString(b.RunID),
		"MODEL":           warehouse.QuoteString(b.node.Name),
		"TRAINED_AT":      warehouse.QuoteString(b.res.Start.UTC().Format("2006-01-02 15:04:05.000000")),
		"PLUGIN":          warehouse.QuoteString(b.node.Config.Plugin.Name),
		"ARTIFACT":        warehouse.QuoteString(p.Artifact),
		"ARTIFACT_SHA256": warehouse.QuoteString(p.SHA256),
		"TABLE_ROWS":      fmt.Sprint(rows),
		"SECONDS":         fmt.Sprintf("%.6f", time.Since(b.res.Start).Seconds()),
		"METRICS":         jsonLiteral(p.Metrics),
	}
	names, values := make([]string, len(metricsColumns)), make([]string, len(metricsColumns))
	for i, c := range metricsColumns {
		names[i] = c.name
		value, known := fixed[c.name]
		switch m, has := p.Metrics[c.metric]; {
		case known:
			values[i] = value
		case !has || m == nil:
			values[i] = "null"
		case c.typ == "VARCHAR":
			values[i] = jsonLiteral(m)
		default:
			values[i] = numberLiteral(m)
		}
	}
	return fmt.Sprintf("insert into %s (%s) values (%s)", b.metricsTable(), strings.Join(names, ", "), strings.Join(values, ", "))
}

// numberLiteral writes a metric that should be a number, or null if it is none.
func numberLiteral(v any) string {
	switch v := v.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil && !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	case int64, int:
		return fmt.Sprint(v)
	}
	return "null"
}

// jsonLiteral writes a value as a string literal of its JSON.
func jsonLiteral(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "null"
	}
	return warehouse.QuoteString(string(text))
}
