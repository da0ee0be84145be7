# How hmfm is built, tested and installed; `make help` lists the targets. Everything made goes to
# $(BUILD). Sources are found by name: each src/<room>/*.c is part of the library, except src/ranks, src/plot and
# src/cli, which are the program; each tests/unit/check_*.c, tests/stat/*.c, tests/bench/*.c and examples/*.c
# is a program of its own (support*.c beside them is linked into all of its folder).

BUILD ?= build
PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
SANITIZE ?=
WERROR ?= -Werror
CFLAGS ?= -O2 -g
ifeq ($(origin CC),default)
CC := gcc
endif

# Results of tools that `make setup` may only just have installed: asked for at first use, once.
once = $(eval $(1) := $$(shell $(2)))$($(1))
GSL_CFLAGS = $(call once,GSL_CFLAGS,gsl-config --cflags)
GSL_LIBS = $(call once,GSL_LIBS,gsl-config --libs-without-cblas)
# Never -lgslcblas: named before a real BLAS it would take over every cblas call, at a fraction of the speed.
BLAS_LIBS = $(call once,BLAS_LIBS,pkg-config --libs lapacke lapack blas 2>/dev/null || pkg-config --libs openblas)
BLAS_CFLAGS = $(call once,BLAS_CFLAGS,pkg-config --cflags lapacke lapack blas 2>/dev/null || pkg-config --cflags openblas)
IO_LIBS = $(call once,IO_LIBS,pkg-config --libs netcdf jansson)
IO_CFLAGS = $(call once,IO_CFLAGS,pkg-config --cflags netcdf jansson)
CAIRO_LIBS = $(call once,CAIRO_LIBS,pkg-config --libs cairo)
CAIRO_CFLAGS = $(call once,CAIRO_CFLAGS,pkg-config --cflags cairo)
CHECK_LIBS = $(call once,CHECK_LIBS,pkg-config --libs check)
CHECK_CFLAGS = $(call once,CHECK_CFLAGS,pkg-config --cflags check)
VECT_COST = $(call once,VECT_COST,$(CC) -Werror -fvect-cost-model=dynamic -x c -fsyntax-only /dev/null 2>/dev/null && echo -fvect-cost-model=dynamic)
CC_VERSION = $(call once,CC_VERSION,$(CC) --version | head -n 1 | tr -d "'")

# Draws must not depend on how a compiler rearranges arithmetic: no contraction, no fast-math. The
# two -fno-…math flags drop errno and traps, never a digit.
MATH = -ftree-vectorize $(VECT_COST) -ffp-contract=off -fno-math-errno -fno-trapping-math
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith $(WERROR)
SAN = $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer)
ALL_CPPFLAGS = -D_POSIX_C_SOURCE=200809L -Iinclude $(if $(MPI),-DHMFM_MPI) $(CPPFLAGS)
ALL_CFLAGS = -std=c11 $(CFLAGS) $(MATH) $(WARN) $(SAN) -fopenmp -fPIC -fvisibility=hidden
LIBS = $(GSL_LIBS) $(BLAS_LIBS) $(IO_LIBS) -lcsv -lm
CLI_LIBS = $(CAIRO_LIBS) $(LIBS)
COMPILE = $(CC) $(ALL_CFLAGS) $(ALL_CPPFLAGS)
LINK = $(CC) $(ALL_CFLAGS) $(LDFLAGS)
# The wrapper of Open MPI or MPICH around the same compiler, for what knows MPI.
MPI ?=
MPICC ?= mpicc
WITH_MPI = $(if $(MPI),OMPI_CC="$(CC)" MPICH_CC="$(CC)" $(MPICC),$(CC))
COMPILE_RANKS = $(WITH_MPI) $(ALL_CFLAGS) $(ALL_CPPFLAGS)
LINK_CLI = $(WITH_MPI) $(ALL_CFLAGS) $(LDFLAGS)
# Commands are shown by their product; V=1 shows them whole.
Q = $(if $(V),,@echo "  $@";)

VERSION := $(shell sed -n 's/^\#define HMFM_VERSION "\(.*\)"/\1/p' include/hmfm/base.h)
SONAME := libhmfm.so.0
# Only the program draws: libhmfm needs no Cairo.
LIB_SRC := $(filter-out src/ranks/% src/plot/% src/cli/%,$(wildcard src/*/*.c))
# With MPI=1 the program runs as several processes; without, it is alone, and knows no more of MPI than that.
ALONE := src/ranks/alone.c src/ranks/launcher.c
RANKS_SRC := $(if $(MPI),$(filter-out src/ranks/alone.c,$(wildcard src/ranks/*.c)),$(ALONE))
CLI_SRC := $(RANKS_SRC) $(wildcard src/plot/*.c src/cli/*.c)
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
programs = $(patsubst $(1)/%.c,$(BUILD)/$(2)/%,$(filter-out $(wildcard $(1)/support*.c),$(wildcard $(1)/*.c)))
support = $(call objects,$(wildcard $(1)/support*.c))
LIB_OBJ := $(call objects,$(LIB_SRC))
CLI_OBJ := $(call objects,$(CLI_SRC))
UNIT := $(filter $(BUILD)/tests/check_%,$(call programs,tests/unit,tests))
STAT := $(call programs,tests/stat,stat)
BENCH := $(call programs,tests/bench,bench)
EXAMPLES := $(call programs,examples,examples)
FUZZ := $(call programs,tests/fuzz,fuzz)
STUDY := $(BUILD)/study
LIB_A := $(BUILD)/libhmfm.a
CLI_A := $(BUILD)/obj/libcli.a
LIB := $(LIB_A) $(BUILD)/$(SONAME) $(BUILD)/libhmfm.so
HMFM := $(if $(CLI_SRC),$(BUILD)/hmfm)
MPI_SCRIPTS = $(sort $(wildcard tests/mpi/*.sh))
SCRIPTS = $(sort $(wildcard tests/cli/*.sh examples/*.sh))

# Sub-makes use every processor unless the caller said how many.
PARALLEL = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
RUN = BUILD=$(BUILD) HMFM=$(abspath $(BUILD)/hmfm) HMFM_MPI=$(abspath $(BUILD)/mpi/hmfm) CC="$(strip $(CC) $(filter --coverage,$(CFLAGS)) $(SANITIZE:%=-fsanitize=%))" JOBS=$(JOBS) tests/run

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all help setup lib cli demo picture check check-mpi check-stat study study-quick mutants bench bench-mpi lint format docs man install uninstall \
  clean programs FORCE

all: lib cli ## the library and the program (the default)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "Variables: CC=clang  CFLAGS='-O3 -g'  MPI=1  WERROR=  BUILD=dir  PREFIX=/usr/local  DESTDIR=  JOBS=n  V=1"

# Several processes, where there is an MPI.
MPI_SIDE = $(call once,MPI_SIDE,if command -v $(MPICC) >/dev/null && command -v mpirun >/dev/null; then echo mpi; fi)

# R's side of it, where there is an R, or can be.
R_SIDE = $(call once,R_SIDE,if command -v R >/dev/null || command -v apt-get >/dev/null; then echo r; fi)

setup: ## install what building and testing need and is missing (apt), or name it
	@CC="$(CC)" .ci/setup build test $(R_SIDE)

lib: $(LIB) ## libhmfm, static and shared

cli: $(HMFM) ## the program hmfm

programs: $(LIB) $(HMFM) $(UNIT) $(STAT) $(EXAMPLES) $(STUDY) $(FUZZ) $(BENCH)

demo: ## set up, build, fit the simulated shot put data and show the summary
	@CC="$(CC)" .ci/setup build
	@$(MAKE) --no-print-directory $(PARALLEL) cli
	$(BUILD)/hmfm sample data/shotput_simulated.csv -y Result -g SeasonNumber -u ID -x Gender \
	  --s0 10 --beta-mean -2 --lambda-mean 25 --lambda-var 3 -w 1000 -d 4000 -s 1 \
	  -o $(BUILD)/demo.nc --force
	$(BUILD)/hmfm summary $(BUILD)/demo.nc
	$(BUILD)/hmfm plot $(BUILD)/demo.nc --type density -o $(BUILD)/demo.svg --force
	@echo
	@echo "Next: run the same command on your own CSV file; $(BUILD)/hmfm sample --help tells what each option means."

picture: ## the picture in README anew, from what `make demo` made
	$(BUILD)/hmfm plot $(BUILD)/demo.nc --type density -g 1,5,10 --from 11 --to 24 --points 100 \
	  --title "Shot put: three seasons" -o vignettes/density.svg --force

check: ## set up, build, lint and run every test but the long statistical ones; those of R and MPI where these are
	@CC="$(CC)" .ci/setup build test $(R_SIDE)
	@$(MAKE) --no-print-directory $(PARALLEL) programs
	@$(if $(MPI_SIDE),$(MAKE) --no-print-directory $(PARALLEL) MPI=1 BUILD=$(BUILD)/mpi cli)
	@$(RUN) script:tests/lint $(UNIT:%=unit:%) $(SCRIPTS:%=script:%) $(EXAMPLES:%=script:%) $(FUZZ:%=replay:%) \
	  $(STAT:%=quick:%) $(R_SIDE:%=r:.ci/%) $(if $(MPI_SIDE),$(MPI_SCRIPTS:%=script:%))

check-mpi: ## install Open MPI where it is missing, build with MPI=1 below $(BUILD)/mpi, and test under mpirun
	@CC="$(CC)" .ci/setup build test mpi
	@$(MAKE) --no-print-directory $(PARALLEL) cli
	@$(MAKE) --no-print-directory $(PARALLEL) MPI=1 BUILD=$(BUILD)/mpi cli
	@$(RUN) $(MPI_SCRIPTS:%=script:%)

check-stat: ## the statistical tests in full length, and runs stopped at hundreds of random moments
	@CC="$(CC)" .ci/setup build test
	@$(MAKE) --no-print-directory $(PARALLEL) lib cli $(STAT) $(STUDY)
	@MOMENTS=100 JOBS=2 $(RUN) long:tests/cli/moments.sh long:tests/study/quick.sh $(STAT:%=full:%)

study: ## the simulation study of the paper (forty minutes of one core; killed, it goes on; STUDY_SECONDS=n a slice): $(BUILD)/study-results
	@CC="$(CC)" .ci/setup build test
	@$(MAKE) --no-print-directory $(PARALLEL) $(STUDY)
	@BUILD=$(BUILD) JOBS=$(JOBS) examples/study/run.sh

study-quick: ## a few of its data sets against the committed results; killed and gone on with (minutes; part of make check-stat)
	@CC="$(CC)" .ci/setup build test
	@$(MAKE) --no-print-directory $(PARALLEL) $(STUDY)
	@$(RUN) long:tests/study/quick.sh

mutants: ## one fault after another put into copies of the sources: the test each names must see it
	@CC="$(CC)" .ci/setup build test
	@BUILD=$(BUILD) CC="$(CC)" JOBS=$(JOBS) tests/mutants/run

bench: $(HMFM) $(BENCH) ## timings, as plain columns
	@set -e; for program in $(BENCH); do $$program; done

# A rank spins while it waits for another: never more of them than processors here.
bench-mpi: ## what messages between processes cost, and a chain shared by 1 and 2 of them
	@CC="$(CC)" .ci/setup build mpi
	@$(MAKE) --no-print-directory $(PARALLEL) MPI=1 BUILD=$(BUILD)/mpi cli $(BUILD)/mpi/bench_gather
	@HMFM_MPI=$(abspath $(BUILD)/mpi/hmfm) GATHER=$(abspath $(BUILD)/mpi/bench_gather) tests/bench/ranks

$(BUILD)/bench_gather: tests/mpi/bench_gather.c $(BUILD)/flags
	$(Q)$(LINK_CLI) -D_POSIX_C_SOURCE=200809L $< -o $@ -lm

lint: ## the rules of the house: rooms, names, forbidden calls, format
	@BUILD=$(BUILD) tests/lint

format: ## clang-format every source in place
	clang-format -i $(wildcard include/*.h include/hmfm/*.h src/*/*.[ch] tests/*/*.[ch] examples/*.c examples/study/*.[ch] R-bindings/src/*.[ch])

docs: ## the public headers as HTML below $(BUILD)/docs (doxygen); fails on a name without a comment
	@.ci/documented include/hmfm/*.h
	@mkdir -p $(BUILD)/docs
	@(cat .ci/Doxyfile && echo 'PROJECT_NUMBER = $(VERSION)' && echo 'OUTPUT_DIRECTORY = $(BUILD)/docs') | doxygen -
	@echo "$(BUILD)/docs/html/index.html"

man: cli ## the manual pages below $(BUILD)/man (help2man)
	@mkdir -p $(BUILD)/man
	@.ci/manual $(BUILD)/hmfm $(BUILD)/man $(VERSION)

# The R package in R-bindings; each target first installs what R needs and is missing.
.PHONY: r-setup r-install r-test r-asan r-valgrind r-document r-site r-check
r-setup:
	@CC="$(CC)" .ci/setup build r

r-install: r-setup ## the R package hmfm, into R's library
	@.ci/r install

r-test: r-setup cli ## the tests of the R package, with this program beside it
	@BUILD=$(BUILD) HMFM=$(abspath $(BUILD)/hmfm) .ci/r test

r-asan: r-setup cli ## the same with the C of the package under address and undefined sanitizers
	@BUILD=$(BUILD) HMFM=$(abspath $(BUILD)/hmfm) .ci/r asan

r-valgrind: r-setup ## most of them under valgrind's memcheck; what is of R itself is not looked at (ten minutes)
	@CC="$(CC)" $(ANALYZE)
	@BUILD=$(BUILD) JOBS=$(JOBS) .ci/r valgrind

r-document: r-setup ## man/ and NAMESPACE of the R package from its comments (roxygen2)
	@BUILD=$(BUILD) .ci/r document

r-site: r-setup ## the site of the R package below $(BUILD)/R-site, of what is committed (pkgdown)
	@BUILD=$(BUILD) .ci/r site

r-check: r-setup ## R CMD build and check --as-cran of what is committed, also from an archive without links
	@BUILD=$(BUILD) .ci/r check

# A change of compiler or flags rebuilds everything: the stamp's date moves only when its text does.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(CC_VERSION)' '$(COMPILE)' '$(GSL_CFLAGS) $(BLAS_CFLAGS) $(IO_CFLAGS) $(CAIRO_CFLAGS)' >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi

$(BUILD)/obj/src/%.o: src/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -Isrc $(GSL_CFLAGS) $(BLAS_CFLAGS) $(IO_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/obj/src/ranks/%.o: src/ranks/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(COMPILE_RANKS) -Isrc $(GSL_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/obj/src/plot/%.o: src/plot/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -Isrc $(CAIRO_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -Isrc -Itests $(GSL_CFLAGS) $(BLAS_CFLAGS) $(IO_CFLAGS) $(CHECK_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/obj/examples/%.o: examples/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -MMD -MP -c $< -o $@

# A name that left the sources must leave the archives and the program too, hence the lists.
$(BUILD)/obj/%.list: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $($*_OBJ) >$@.new
	@if cmp -s $@.new $@; then rm -f $@.new; else mv -f $@.new $@; fi

$(LIB_A): $(LIB_OBJ) $(BUILD)/obj/LIB.list
	@rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJ)

$(BUILD)/$(SONAME): $(LIB_OBJ) $(BUILD)/obj/LIB.list
	$(Q)$(LINK) -shared -Wl,-soname,$(SONAME) $(LIB_OBJ) -o $@ $(LIBS)

$(BUILD)/libhmfm.so: $(BUILD)/$(SONAME)
	$(Q)ln -sf $(SONAME) $@

$(BUILD)/hmfm: $(CLI_OBJ) $(LIB_A) $(BUILD)/obj/CLI.list
	$(Q)$(LINK_CLI) $(CLI_OBJ) $(LIB_A) -o $@ $(CLI_LIBS)

# What the program is made of, but its main: for tests of its parts.
$(CLI_A): $(CLI_OBJ) $(BUILD)/obj/CLI.list
	@rm -f $@
	$(Q)$(AR) rcs $@ $(filter-out %/main.o,$(CLI_OBJ))

$(BUILD)/tests/%: $(BUILD)/obj/tests/unit/%.o $(call support,tests/unit) $(CLI_A) $(LIB_A)
	@mkdir -p $(@D)
	$(Q)$(LINK_CLI) $^ -o $@ $(CHECK_LIBS) $(CLI_LIBS)

$(BUILD)/stat/%: $(BUILD)/obj/tests/stat/%.o $(call support,tests/stat) $(LIB_A)
	@mkdir -p $(@D)
	$(Q)$(LINK) $^ -o $@ $(LIBS)

$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(call support,tests/bench) $(LIB_A)
	@mkdir -p $(@D)
	$(Q)$(LINK) $^ -o $@ $(LIBS)

$(BUILD)/examples/%: $(BUILD)/obj/examples/%.o $(LIB_A)
	@mkdir -p $(@D)
	$(Q)$(LINK) $^ -o $@ $(LIBS)

$(STUDY): $(call objects,$(wildcard examples/study/*.c)) $(LIB_A)
	$(Q)$(LINK) $^ -o $@ $(LIBS)

# Tools that look for faults no test was written for. Each builds into a folder of its own in $(BUILD) and
# leaves the others alone; what a tool needs is installed when it is first asked for.
CLANG ?= $(firstword $(shell command -v clang-14 clang 2>/dev/null) clang-14)
FUZZ_SECONDS ?= 60
AGAIN = @$(MAKE) --no-print-directory $(PARALLEL)
ANALYZE = .ci/setup build test analyze
.PHONY: check-asan check-tsan check-valgrind analyze coverage fuzz run-asan run-tsan run-valgrind run-coverage run-fuzz

check-asan: ## unit, command line tests, examples and fuzzing corpus under address, undefined and leak sanitizers
	@CC="$(CC)" .ci/setup build test
	$(AGAIN) BUILD=$(BUILD)/asan SANITIZE=address,undefined run-asan

# Not in it: the tests of lint and docs, which run nothing of ours, and of the installation.
SANITIZED = $(filter-out %/lint.sh %/docs.sh %/install.sh,$(SCRIPTS))
# A checkpoint that was forged may ask for more memory than there is, and must be told so.
run-asan: $(LIB) $(HMFM) $(UNIT) $(EXAMPLES) $(FUZZ)
	@ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1:max_allocation_size_mb=1000 \
	  LSAN_OPTIONS=suppressions=$(CURDIR)/tests/tools/leak.supp:print_suppressions=0 $(RUN) $(UNIT:%=unit:%) $(SANITIZED:%=script:%) $(EXAMPLES:%=script:%) $(FUZZ:%=replay:%)

check-tsan: ## chains on threads, in the unit tests and in the program, under the thread sanitizer (clang)
	@CC="$(CLANG)" $(ANALYZE)
	$(AGAIN) BUILD=$(BUILD)/tsan CC="$(CLANG)" SANITIZE=thread CFLAGS="-O1 -g" run-tsan

THREADED = $(filter %/check_team %/check_ensemble %/check_ensemble_error %/check_chain %/check_checkpoint,$(UNIT))
run-tsan: $(HMFM) $(THREADED)
	@HMFM=$(HMFM) tests/tools/tsan $(THREADED)

check-valgrind: ## the unit tests under valgrind's memcheck
	@CC="$(CC)" $(ANALYZE)
	$(AGAIN) BUILD=$(BUILD)/valgrind CFLAGS="-O1 -g" run-valgrind

run-valgrind: $(UNIT)
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/tools/valgrind $(UNIT)

analyze: ## cppcheck and clang-tidy over the sources
	@CC="$(CLANG)" $(ANALYZE)
	@JOBS=$(JOBS) CFLAGS="-D_POSIX_C_SOURCE=200809L -Iinclude -Isrc $(GSL_CFLAGS) $(BLAS_CFLAGS) $(IO_CFLAGS) $(CAIRO_CFLAGS)" tests/tools/analyze

coverage: ## lines that unit, command line and quick statistical tests reach, room by room
	@CC="$(CC)" $(ANALYZE)
	$(AGAIN) BUILD=$(BUILD)/coverage CFLAGS="-O1 -g --coverage -fprofile-update=atomic" run-coverage

# Nor, here, full disks: what counts the lines cannot write then, and says so.
run-coverage: programs
	@find $(BUILD) -name '*.gcda' -delete
	-@$(RUN) $(UNIT:%=unit:%) $(patsubst %,script:%,$(filter-out %/abuse_files.sh,$(SANITIZED))) $(EXAMPLES:%=script:%) $(FUZZ:%=replay:%) $(STAT:%=quick:%)
	@tests/tools/coverage $(BUILD)

fuzz: ## libFuzzer on every target of tests/fuzz, FUZZ_SECONDS=60 each (clang)
	@CC="$(CLANG)" $(ANALYZE)
	$(AGAIN) BUILD=$(BUILD)/libfuzzer CC="$(CLANG)" LIBFUZZER=1 \
	  SANITIZE=fuzzer-no-link,address,undefined,float-cast-overflow run-fuzz

run-fuzz: $(FUZZ)
	@JOBS=$(JOBS) FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run $(FUZZ)

# With any compiler, the targets replay their corpus; with libFuzzer it calls them.
FUZZ_SUPPORT = $(filter-out $(if $(LIBFUZZER),%/support_replay.o),$(call support,tests/fuzz))
$(BUILD)/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(FUZZ_SUPPORT) $(CLI_A) $(LIB_A)
	@mkdir -p $(@D)
	$(Q)$(LINK_CLI) $(if $(LIBFUZZER),-fsanitize=fuzzer) $^ -o $@ $(CLI_LIBS)

# Installation. A static link needs every library below libhmfm, so the pkg-config file carries the
# link line of this build; shared users need -lhmfm alone.
TO = $(DESTDIR)$(PREFIX)
install: all ## install below PREFIX (and DESTDIR)
	install -d $(TO)/bin $(TO)/lib/pkgconfig $(TO)/include/hmfm $(TO)/share/doc/hmfm $(TO)/share/man/man1
	install -m 755 $(BUILD)/hmfm $(TO)/bin/
	install -m 644 $(LIB_A) $(TO)/lib/
	install -m 755 $(BUILD)/$(SONAME) $(TO)/lib/
	ln -sf $(SONAME) $(TO)/lib/libhmfm.so
	install -m 644 include/hmfm.h $(TO)/include/
	install -m 644 include/hmfm/*.h $(TO)/include/hmfm/
	install -m 644 LICENSE $(TO)/share/doc/hmfm/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@LIBS@|$(LIBS) -fopenmp|' \
	  src/hmfm.pc.in >$(TO)/lib/pkgconfig/hmfm.pc
	@.ci/manual $(BUILD)/hmfm $(TO)/share/man/man1 $(VERSION)

uninstall: ## remove what install put there
	rm -f $(TO)/bin/hmfm $(TO)/lib/libhmfm.a $(TO)/lib/libhmfm.so $(TO)/lib/$(SONAME) $(TO)/lib/pkgconfig/hmfm.pc \
	  $(TO)/include/hmfm.h $(TO)/share/doc/hmfm/LICENSE $(TO)/share/man/man1/hmfm.1 \
	  $(TO)/share/man/man1/hmfm-*.1 $(addprefix $(TO)/include/,$(patsubst include/%,%,$(wildcard include/hmfm/*.h)))
	-rmdir $(TO)/include/hmfm $(TO)/share/doc/hmfm

clean: ## remove $(BUILD)
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
