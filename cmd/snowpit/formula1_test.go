package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/snowpit-dev/snowpit/fixtures"
)

// formula1Data is the folder of the real races, which lies beside the
// repository where there is one, or where SNOWPIT_F1_DATA says.
func formula1Data(t *testing.T) string {
	dir := os.Getenv("SNOWPIT_F1_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data", "formula1")
	}
	abs, err := filepath.Abs(dir)
	if err == nil {
		_, err = os.Stat(filepath.Join(abs, "raw", "results.csv"))
	}
	if err != nil {
		skip(t, "no Formula 1 data in %s: %v", dir, err)
	}
	return abs
}

// demo makes the sample project, on other seeds if a folder is named.
func demo(t *testing.T, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "f1")
	if code, out, errs := snowpit(t.Context(), append([]string{"demo", dir}, args...)...); code != 0 {
		t.Fatalf("status %d: %s%s", code, out, errs)
	}
	return dir
}

func readCSV(t *testing.T, text []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestRealRaces runs the sample project on the real results: the data sets are
// those of the lab, row for row, and the model is the optimum of the reference.
func TestRealRaces(t *testing.T) {
	data := formula1Data(t)
	dir := demo(t, "--seed-path", filepath.Join(data, "raw"))
	for _, table := range []string{"train_test_dataset", "hold_out_dataset_for_prediction"} {
		text, err := os.ReadFile(filepath.Join(data, "ml", table+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(readCSV(t, text)[1:], query(t, dir, "select * from "+table)); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", table, diff)
		}
	}
	want := [][]string{{"1", "41"}, {"2", "192"}, {"3", "101"}}
	got := query(t, dir, "select position_predicted, count(*) from predict_position group by 1 order by 1")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("predictions: want -, got +:\n%s", diff)
	}
	var reference struct {
		Optimum struct {
			Loss float64
			Coef [][]float64
		}
	}
	text, err := os.ReadFile(filepath.Join(data, "ml", "reference.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &reference); err != nil {
		t.Fatal(err)
	}
	var model struct {
		Coefficients [][]float64
		Objective    float64
	}
	_, artifact, _ := snowpit(t.Context(), "stage", "cat", "--project-dir", dir, "@modelstage/driver_position_1.0/driver_position_1.0.json")
	if err := json.Unmarshal([]byte(artifact), &model); err != nil {
		t.Fatal(err)
	}
	if want, got := reference.Optimum.Loss, model.Objective; math.Abs(want-got) > 1e-9*want {
		t.Errorf("the objective is %v, want %v", got, want)
	}
	for i, row := range reference.Optimum.Coef {
		for j, want := range row {
			if got := model.Coefficients[i][j]; math.Abs(got-want) > 1e-6 {
				t.Errorf("coefficient %d %d is %v, want %v", i, j, got, want)
			}
		}
	}
}

// TestPreparation computes the data sets of the sample project once more, from
// its seeds, by the rules of the lab and without SQL.
func TestPreparation(t *testing.T) {
	dir := demo(t)
	train, holdOut := prepare(t)
	for _, c := range []struct {
		table string
		want  [][]string
	}{{"train_test_dataset", train}, {"hold_out_dataset_for_prediction", holdOut}} {
		if diff := cmp.Diff(c.want, query(t, dir, "select * from "+c.table)); diff != "" {
			t.Errorf("%s: want -, got +:\n%.2000s", c.table, diff)
		}
	}
}

// A record is a row of a seed, by column.
type record map[string]string

func seedRows(t *testing.T, name string) []record {
	t.Helper()
	file, err := fixtures.F1().Open("seeds/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []record
	for _, row := range rows[1:] {
		r := record{}
		for i, name := range rows[0] {
			r[name] = row[i]
		}
		all = append(all, r)
	}
	return all
}

// by finds rows by the value of a column.
func by(rows []record, column string) map[string]record {
	index := map[string]record{}
	for _, r := range rows {
		index[r[column]] = r
	}
	return index
}

// An entry is one driver in one race.
type entry struct {
	id, year, age, pits                int
	circuit, grid, constructor, driver string
	position                           string
}

// prepare follows the lab's preparation.
func prepare(t *testing.T) (train, holdOut [][]string) {
	starts := allStarts(t)
	confidence := finishes(starts, func(s entry) string { return s.driver })
	reliability := finishes(starts, func(s entry) string { return s.constructor })
	active := activeStarts(t, starts)
	circuits := ranks(active, func(s entry) string { return s.circuit })
	constructors := ranks(active, func(s entry) string { return s.constructor })
	drivers := ranks(active, func(s entry) string { return s.driver })
	pits := ranks(active, func(s entry) string { return strconv.Itoa(s.pits) })
	for _, s := range active {
		label := "2"
		if n, err := strconv.Atoi(s.position); err == nil && n < 4 {
			label = "1"
		} else if err == nil && n > 10 {
			label = "3"
		}
		row := []string{
			strconv.Itoa(s.year), circuits[s.circuit], s.grid, constructors[s.constructor], drivers[s.driver], strconv.Itoa(s.age),
			strconv.FormatFloat(confidence[s.driver], 'g', -1, 64), strconv.FormatFloat(reliability[s.constructor], 'g', -1, 64),
			pits[strconv.Itoa(s.pits)], label,
		}
		if s.year < 2020 {
			train = append(train, row)
		} else {
			holdOut = append(holdOut, row)
		}
	}
	return train, holdOut
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// allStarts are the starts of 2010 to 2020, in the order of their ids.
func allStarts(t *testing.T) []entry {
	races, circuits := by(seedRows(t, "races"), "raceId"), by(seedRows(t, "circuits"), "circuitId")
	drivers, constructors := by(seedRows(t, "drivers"), "driverId"), by(seedRows(t, "constructors"), "constructorId")
	pits := map[[2]string]int{}
	for _, p := range seedRows(t, "pit_stops") {
		key := [2]string{p["raceId"], p["driverId"]}
		pits[key] = max(pits[key], number(t, p["stop"]))
	}
	renamed := map[string]string{"Force India": "Racing Point", "Sauber": "Alfa Romeo", "Lotus F1": "Renault", "Toro Rosso": "AlphaTauri"}
	var starts []entry
	for _, r := range seedRows(t, "results") {
		race, driver := races[r["raceId"]], drivers[r["driverId"]]
		s := entry{
			id: number(t, r["resultId"]), year: number(t, race["year"]), circuit: circuits[race["circuitId"]]["name"], grid: r["grid"],
			constructor: constructors[r["constructorId"]]["name"], driver: driver["forename"] + " " + driver["surname"],
			position: r["position"], pits: pits[[2]string{r["raceId"], r["driverId"]}],
		}
		s.age = s.year - number(t, driver["dob"][:4])
		if name, ok := renamed[s.constructor]; ok {
			s.constructor = name
		}
		if s.year >= 2010 && s.year <= 2020 {
			starts = append(starts, s)
		}
	}
	sort.Slice(starts, func(i, j int) bool { return starts[i].id < starts[j].id })
	return starts
}

// finishes is the share of starts with a finishing position, by a key.
func finishes(starts []entry, key func(entry) string) map[string]float64 {
	all, without := map[string]float64{}, map[string]float64{}
	for _, s := range starts {
		all[key(s)]++
		if s.position == `\N` {
			without[key(s)]++
		}
	}
	shares := map[string]float64{}
	for k, n := range all {
		shares[k] = 1 - without[k]/n
	}
	return shares
}

// activeStarts are those of the drivers and constructors still racing.
func activeStarts(t *testing.T, starts []entry) []entry {
	constructors := strings.Split("Renault,Williams,McLaren,Ferrari,Mercedes,AlphaTauri,Racing Point,Alfa Romeo,Red Bull,Haas F1 Team", ",")
	drivers := strings.Split("Daniel Ricciardo,Kevin Magnussen,Carlos Sainz,Valtteri Bottas,Lance Stroll,George Russell,Lando Norris,"+
		"Sebastian Vettel,Kimi Räikkönen,Charles Leclerc,Lewis Hamilton,Daniil Kvyat,Max Verstappen,Pierre Gasly,Alexander Albon,"+
		"Sergio Pérez,Esteban Ocon,Antonio Giovinazzi,Romain Grosjean,Nicholas Latifi", ",")
	var active []entry
	seen := map[string]bool{}
	for _, s := range starts {
		if slices.Contains(constructors, s.constructor) && slices.Contains(drivers, s.driver) {
			active = append(active, s)
			seen[s.driver], seen[s.constructor] = true, true
		}
	}
	if len(seen) != len(drivers)+len(constructors) {
		t.Errorf("%d of the active drivers and constructors race, of %d", len(seen), len(drivers)+len(constructors))
	}
	return active
}

// ranks numbers the sorted distinct values from 0.
func ranks(starts []entry, key func(entry) string) map[string]string {
	var values []string
	for _, s := range starts {
		values = append(values, key(s))
	}
	slices.Sort(values)
	index := map[string]string{}
	for i, v := range slices.Compact(values) {
		index[v] = strconv.Itoa(i)
	}
	return index
}
