# imdslock: every target works on a fresh clone with only Go and make.

.PHONY: build lambda page run test mutate prove lint bench dist packages image clean

# The command line library can generate documents, which costs a third of a
# millisecond at every start; the tag leaves that out.
build: ## the command, at bin/imdslock
	CGO_ENABLED=0 go build -trimpath -tags=urfave_cli_no_docs -ldflags='-s -w' -o bin/imdslock ./cmd/imdslock

lambda: ## the function for AWS Lambda, at bin/lambda: a ZIP file for arm64 and one for amd64
	go run ./internal/dist -lambda -o bin/lambda
	@sha256sum bin/lambda/*.zip

page: page/node_modules ## the page, at bin/page/index.html (needs node and npm)
	node page/build.mjs bin/page

page/node_modules: page/package-lock.json
	cd page && npm ci --ignore-scripts --no-audit --no-fund
	@touch page/node_modules

run: build ## the main job: the embedded Linux template, as a diff
	@bin/imdslock --template linux --diff || test $$? -eq 1

test: ## all tests, those that take longest first
	go test -timeout 45m ./prove ./page ./...

mutate: ## random changes of transform/... that no test notices; MUTATE='-seed 2' makes others
	go run ./internal/mutate $(MUTATE) ./transform/...

prove: ## who reads a node's credentials, as tables (asks for root by sudo; says what else is missing)
	@go build -o bin/prove ./prove/cmd/prove
	@if [ "$$(id -u)" = 0 ] || ! command -v sudo >/dev/null; then exec bin/prove; else exec sudo --preserve-env=CLOUD_INIT bin/prove; fi

lint: ## vet, staticcheck, formatting
	go vet ./...
	GOOS=js GOARCH=wasm go vet ./page/wasm
	GOOS=windows go vet ./cmd/... ./transform/... ./templates/... ./inputs/... ./pods/...
	GOOS=darwin go vet ./cmd/... ./transform/... ./templates/... ./inputs/... ./pods/...
	go tool staticcheck ./...
	@test -z "$$(gofmt -l .)" || { gofmt -d .; exit 1; }

bench: ## benchmarks, in the form that benchstat reads
	go test -run='^$$' -bench=. -benchmem -count=6 ./...

dist: ## archives, SBOMs and checksums for all platforms, at dist; VERSION=v1.2.3 names them
	go run ./internal/dist -version "$(VERSION)"

packages: ## dist, and packages for Debian and Red Hat; with URL=https://… for Homebrew and Scoop too
	go run ./internal/dist -version "$(VERSION)" -packages -url "$(URL)"

image: ## an image for containers, pushed to REPOSITORY=…; BASE=… is another base, best by its digest
	@test -n "$(REPOSITORY)" || { echo 'make image REPOSITORY=localhost:5000/imdslock'; exit 2; }
	@go run ./internal/dist -version "$(VERSION)" -image "$(REPOSITORY)" -base "$(BASE)"

clean:
	rm -rf bin dist
