# Uprava: `make demo` shows it, `make test` checks it, `make help` lists the rest.
# Whatever a target needs it brings itself, once; afterwards everything works offline.

GO       ?= go
WEB      := dashboards/web
BUNDLE   := $(WEB)/dist/page.js
WEB_SRC  := $(wildcard $(WEB)/src/*) $(WEB)/build.mjs $(WEB)/package.json $(WEB)/package-lock.json
VERSION  := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
RACE     := ./connectors/... ./mining ./mining/calendar ./simulator/experiment \
            $(addprefix ./dashboards/,alerts api auth desk jobs kept live metrics prepare remarks report/dispatch report/schedule web web/shell)

.PHONY: help demo test build engine assets browser bench lint generate

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 12

demo: engine build ## the whole way on a fictional town, or on LOG=FILE of one's own
	@./uprava demo $(if $(LOG),--log "$(LOG)")

test: engine assets browser lint ## all tests, with the real engine and a real browser
	$(GO) test -timeout 20m ./...
	$(GO) test -timeout 20m -short -race $(RACE)

build: assets ## the binary, ./uprava
	$(GO) build -trimpath -ldflags "-X github.com/uprava/uprava/dashboards/cli.version=$(VERSION)" -o uprava .

engine: ## the embedded ClickHouse engine, pinned and checked, into the cache
	@sh connectors/clickhouse/embedded/fetch.sh

assets: $(BUNDLE) ## the browser bundle, from the lockfile

$(BUNDLE): $(WEB_SRC)
	@command -v npm >/dev/null || { echo "assets: npm is needed to build the pages and is not installed (Debian's packages nodejs and npm)" >&2; exit 1; }
	@echo "assets: installing the libraries of the lockfile and bundling them"
	@cd $(WEB) && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.mjs

browser: ## Chromium and the reader of printed pages for the browser tests, from Debian's packages
	@{ command -v chromium || command -v google-chrome; } >/dev/null && command -v pdftotext >/dev/null || { \
	  echo "browser: installing Debian's packages chromium and poppler-utils"; \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-liberation poppler-utils >/dev/null; \
	  else echo "browser: please run: sudo apt-get install chromium poppler-utils" >&2; exit 1; fi; }

bench: engine ## benchmarks of every hot path
	$(GO) test -run '^$$' -bench . -benchmem ./...

lint: ## gofmt, vet, staticcheck
	@test -z "$$(gofmt -l $$(git ls-files '*.go' 2>/dev/null || find . -name '*.go'))" || { echo "gofmt: these files differ:" >&2; gofmt -l $$(git ls-files '*.go') >&2; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

generate: ## the API from its protobuf files
	$(GO) generate ./...
