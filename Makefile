# Everything here works with Go and a C compiler. `make bench` also measures
# scikit-learn where /usr/bin/python3 has it.

GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build test race bench soak conformance lint fmt clean

build: ## the snowpit binary, in bin/
	$(GO) build -o bin/snowpit ./cmd/snowpit

test: ## every test
	$(GO) test ./...

race: ## the packages with concurrency, under the race detector
	$(GO) test -race ./emulator/... ./runner ./plugins/host ./plugins/frames ./plugins/sdk ./stage/dir ./stage/snowstage \
		./warehouse/duckdb/... ./warehouse/snowflake/...

bench: build ## ratios against scikit-learn and raw duckdb-go, in one run
	$(GO) test -run '^$$' -bench . -benchtime 3x -timeout 30m ./...

soak: ## 100,000 statements on one server, which is then as large and as fast as before
	SNOWPIT_SOAK=100000 $(GO) test -count=1 -v -timeout 60m -run '^TestServeSoak$$' ./cmd/snowpit

conformance: ## the Go driver's own tests on the emulator; writes emulator/conformance/RESULTS.md
	SNOWPIT_CONFORMANCE=1 $(GO) test -count=1 -timeout 60m ./emulator/conformance -args -update

lint: ## formatting, vet, staticcheck; fails on any finding
	@test -z "$$(gofmt -l $$(git ls-files '*.go' | grep -v '\.pb\.go$$') | tee /dev/stderr)"
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

fmt: ## rewrite files as gofmt has them
	gofmt -w $$(git ls-files '*.go' | grep -v '\.pb\.go$$')

clean: ## what the targets above made
	rm -rf bin
