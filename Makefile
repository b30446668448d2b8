# make help lists what there is. Flags for the program: make run ARGS='--listen 127.0.0.1:9000'
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:

ARGS     ?=
PKG      ?= ./...
RACE     ?= ./jobs/... ./internal/platform/...
FUZZTIME ?= 30s
BENCH    ?= .
DIR      ?= screenshots
UPDATE   ?=

SERVERS := go run ./internal/testkit/servers --
TOOLS   := bin/golangci-lint bin/govulncheck

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## build and start the demonstration portal; needs no configuration (ARGS=flags)
	@scripts/need go node $(if $(DATABASE_URL)$(DATABASE_URL_FILE),,postgres)
	@$(MAKE) --no-print-directory build
	@exec bin/portal run $(ARGS)

.PHONY: build
build: assets ## build bin/portal, a static binary
	CGO_ENABLED=0 go build -trimpath -o bin/portal ./cmd/portal

.PHONY: assets
assets: views/assets/dist/manifest.json ## build the style sheets, scripts and fonts

views/assets/dist/manifest.json: node_modules/.installed views/assets/build.mjs $(shell find views/assets/src -type f 2>/dev/null)
	npm run --silent build
	@touch $@

# npm ci throws node_modules away and takes its time: only when the lock changed.
node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

.PHONY: test
test: need assets ## vet and every test, those of RACE under the race detector (PKG=./internal/...)
	go vet $(PKG)
	$(SERVERS) go test $(if $(filter ./...,$(PKG)),$$(go list ./... | grep -vxFf <(go list $(RACE))),$(PKG))
	$(if $(filter ./...,$(PKG)),$(SERVERS) go test -race $(RACE))

.PHONY: need
need: ## install what the tests need and this machine lacks
	@scripts/need go cc node postgres redis chromium poppler

.PHONY: verify
verify: test lint i18n schema vuln ## all that has to hold before a change lands

.PHONY: race
race: need assets ## tests under the race detector (RACE=packages)
	$(SERVERS) go test -race $(RACE)

.PHONY: lint
lint: bin/golangci-lint assets ## architecture, style and mistakes
	bin/golangci-lint run $(PKG)

.PHONY: fmt
fmt: bin/golangci-lint ## format the Go files
	bin/golangci-lint fmt

.PHONY: i18n
i18n: assets ## messages missing in a language
	go test -run Catalogue ./views

.PHONY: schema
schema: need ## is migrations/schema.txt the schema? (UPDATE=1 writes it)
	$(SERVERS) go test -run Schema ./migrations $(if $(UPDATE),-update)

.PHONY: authority
authority: need assets ## is docs/authority.md what the site answers? (UPDATE=1 writes it)
	$(SERVERS) go test -count=1 -run AuthorityMatrix ./app $(if $(UPDATE),-update)

.PHONY: vuln
vuln: bin/govulncheck assets ## known vulnerabilities that the program reaches
	scripts/vuln ./...

.PHONY: fuzz
fuzz: need assets ## every fuzz test for FUZZTIME each
	$(SERVERS) scripts/fuzz $(FUZZTIME)

.PHONY: bench
bench: need assets ## measurements (BENCH=pattern)
	$(SERVERS) go test -run '^$$' -bench '$(BENCH)' -benchmem $(PKG)

.PHONY: screenshots
screenshots: need assets ## pictures of the key pages, into DIR
	@mkdir -p '$(DIR)'
	SCREENSHOTS_DIR='$(abspath $(DIR))' $(SERVERS) go test -count=1 -run Screenshots ./e2e

.PHONY: clean
clean: ## remove what was built; data folders stay
	rm -rf bin node_modules screenshots
	find views/assets/dist -type f ! -name .gitkeep -delete

# The tools' versions are pinned apart, so that the product's go.mod stays small.
$(TOOLS): tools/go.mod tools/go.sum
	@scripts/need go
	cd tools && go build -o ../bin/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint golang.org/x/vuln/cmd/govulncheck
	@touch $(TOOLS)
