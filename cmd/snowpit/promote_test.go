package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPromote trains a model on the embedded warehouse and promotes it to an
// account: byte for byte, noted, not over a later one, and never twice.
func TestPromote(t *testing.T) {
	profiles := accountOf(t)
	dir := demo(t, "--profiles-dir", profiles, "--profile", "f1")
	must := func(want int, args ...string) (out, errs string) {
		t.Helper()
		code, out, errs := snowpit(t.Context(), append(args, "--project-dir", dir, "--profiles-dir", profiles, "--profile", "f1")...)
		if code != want {
			t.Fatalf("snowpit %s: status %d, want %d: %s%s", strings.Join(args, " "), code, want, out, errs)
		}
		if strings.Contains(out+errs, password) {
			t.Errorf("snowpit %s shows the password", strings.Join(args, " "))
		}
		return out, errs
	}
	const artifact = "@modelstage/driver_position_1.0/driver_position_1.0.json"
	here, _ := must(0, "stage", "cat", artifact)
	out, _ := must(0, "promote", "train_test_position", "--target", "prod", "--log-format", "json")
	var told struct {
		Status, Sha256 string
	}
	if err := json.Unmarshal([]byte(out), &told); err != nil || told.Status != "promoted" {
		t.Fatalf("%s: %v", out, err)
	}
	if there, _ := must(0, "stage", "cat", artifact, "--target", "prod"); there != here {
		t.Error("what was promoted is another artifact")
	}
	note, _ := must(0, "sql", "--target", "prod", "--output", "csv", "select model, sha256, size_bytes, run_id, from_target, replaced_sha256 is null, forced, promoted_by is not null, promoted_on like '%@%', "+
		"promoted_at > trained_at from model_promotions")
	run, _ := must(0, "sql", "--output", "csv", "select run_id from model_metrics")
	run = strings.Fields(run)[1]
	if lines := strings.Split(strings.TrimSpace(note), "\n"); len(lines) != 2 || !strings.HasPrefix(lines[1], "train_test_position,"+told.Sha256+",") ||
		!strings.HasSuffix(lines[1], ","+run+",dev,TRUE,FALSE,TRUE,TRUE,TRUE") {
		t.Errorf("noted: %s, run %s", note, run)
	}
	if out, _ := must(0, "promote", "train_test_position", "--target", "prod"); !strings.Contains(out, "already") {
		t.Errorf("promoted again: %s", out)
	}
	later := filepath.Join(t.TempDir(), "later.json")
	if err := os.WriteFile(later, []byte(`{"later": true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // Snowflake tells when to the second
	must(0, "stage", "put", later, artifact, "--target", "prod")
	if _, errs := must(1, "promote", "train_test_position", "--target", "prod"); !strings.Contains(errs, "holds a later artifact") || !strings.Contains(errs, "--force") {
		t.Errorf("over a later one: %s", errs)
	}
	if there, _ := must(0, "stage", "cat", artifact, "--target", "prod"); there != `{"later": true}` {
		t.Error("the later artifact was replaced")
	}
	must(0, "promote", "train_test_position", "--target", "prod", "--force")
	if there, _ := must(0, "stage", "cat", artifact, "--target", "prod"); there != here {
		t.Error("the later artifact was not replaced by force")
	}
	// What was promoted is what predicts there.
	must(0, "seed", "--target", "prod")
	must(0, "run", "--target", "prod", "--select", "+hold_out_dataset_for_prediction")
	must(0, "run", "--target", "prod", "--select", "predict_position")
	predictions := "select position_predicted, count(*) from predict_position group by 1 order by 1"
	want, _ := must(0, "sql", "--output", "csv", predictions)
	if got, _ := must(0, "sql", "--target", "prod", "--output", "csv", predictions); got != want {
		t.Errorf("predicted there: %s, here: %s", got, want)
	}
}
