# imdslock: every target works on a fresh clone with only Go and make.

.PHONY: build run test prove lint bench clean

build: ## the command, at bin/imdslock
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/imdslock ./cmd/imdslock

run: build ## the main job: the embedded Linux template, as a diff
	@bin/imdslock --template linux --diff || test $$? -eq 1

test: ## all tests
	go test ./...

prove: ## who reads a node's credentials, as tables (root, iptables, iproute2, CLOUD_INIT)
	@go run ./prove/cmd/prove

lint: ## vet, staticcheck, formatting
	go vet ./...
	go tool staticcheck ./...
	@test -z "$$(gofmt -l .)" || { gofmt -d .; exit 1; }

bench: ## benchmarks, in the form that benchstat reads
	go test -run='^$$' -bench=. -benchmem -count=6 ./...

clean:
	rm -rf bin
