# Switchback. GNU make; on FreeBSD use gmake.
#
#	make		both programs, at build/switchback and build/switchbackd
#	make demo	install what is missing, build, replay a recorded migration
#	make check	all tests     (make V=asan check: with ASan and UBSan)
#	make units	only build the unit tests
#	make lint	layers, fences, sizes, names, format
#	make bench	the numbers in the README
#	make planted	plant faults, and say how soon each is found
#	make lab	scenarios on a real kernel in QEMU (LAB=PATHS LAB_TIMES=N)
#	make fuzz-NAME	fuzz one decoder for FUZZ_SECONDS (60)
#	make fuzz	fuzz all of them in turns, for FUZZ_TIME seconds (3600);
#			FUZZ_ONLY='NAMES' only these
#	make coverage	whether the unit tests run every line of the decoders
#	make freebsd	cross-compile everything for FreeBSD, warnings as errors
#	make fmt	put the sources into their canonical layout
#	make install	programs, rules, profiles, manual pages, completion, and
#			what rc(8) or systemd starts the daemon with
#	make deb	the same as a Debian package, build/switchback_*.deb
#	make deps	install what the build needs, where it is missing
#
# Variables: CC, V (default, asan or debug), CFLAGS and LDFLAGS (added last),
# DESTDIR, PREFIX, SYSCONFDIR, UNITDIR, VERBOSE=1 (show commands), DEPS=no
# (install nothing) or all (also what is large and what only some tests use),
# COMMIT (what --version tells where there is no git),
# T (only tests whose path contains it), KINDS (of tests: lint, unit, fuzz and
# cli are all there are), JOBS (tests and compilers at a time).

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

ifeq ($(origin CC),default)
CC := $(if $(shell command -v gcc),gcc,cc)
endif
V ?= default
CFLAGS ?=
LDFLAGS ?=
DESTDIR ?=
PREFIX ?= /usr/local
SYSCONFDIR ?= $(PREFIX)/etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
VERBOSE ?= 0
DEPS ?= yes
T ?=
JOBS ?= 2
FUZZ_SECONDS ?= 60
COMMIT ?=
Q := $(if $(filter 1,$(VERBOSE)),,@)

# The plain gcc build lives in build/; every other one in a folder of its own,
# so that switching the compiler or the variant never mixes objects.
VARIANT := $(notdir $(CC))-$(V)
B := $(if $(filter gcc-default cc-default,$(VARIANT)),build,build/$(VARIANT))

SAN := -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all
ifeq ($(V),default)
VFLAGS := -O2 -g
else ifeq ($(V),debug)
VFLAGS := -O0 -g
else ifeq ($(V),asan)
VFLAGS := $(SAN) -fsanitize=address,undefined
else ifeq ($(V),fuzz)
VFLAGS := $(SAN) -fsanitize=fuzzer-no-link,address,undefined
else
$(error V=$(V) is not known: use V=default, V=debug or V=asan)
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
	-Wwrite-strings -Wformat=2 -Wundef -Wvla -Wswitch -Werror
VERSION := 0.1.0
# -UNDEBUG: assertions stay on everywhere; some compilers turn them off with -O2.
BASE_CFLAGS := -std=c11 -D_GNU_SOURCE -UNDEBUG -Iengine -I. \
	-DSWITCHBACK_VERSION='"$(VERSION)"' $(WARN) $(VFLAGS)
LIBS := -lsqlite3 -lpcap -ljansson -pthread
HOST_OS := $(shell uname -s)
TARGET_OS ?= $(HOST_OS)
INSTALL_FOR ?= $(TARGET_OS)
ifeq ($(TARGET_OS),Linux)
LIBS += -lmnl -lseccomp
endif
ifeq ($(HOST_OS),FreeBSD)
BASE_CFLAGS += -isystem /usr/local/include
LIBS += -L/usr/local/lib
endif
COMPILE = $(CC) $(BASE_CFLAGS) $(CFLAGS)
# Some two hundred programs are linked; clang's own linker takes a third.
ifeq ($(CC),clang)
LINKER := $(if $(shell command -v ld.lld),-fuse-ld=lld)
endif
LINK = $(CC) $(VFLAGS) $(LINKER) $(LDFLAGS)

# Modules, by floor. The daemon links the engine and the store, never sim/.
ENGINE_DIRS := engine/base engine/base/compat engine/event engine/rules \
	engine/failover engine/world engine/core engine/packet engine/daemon
HARNESS_DIRS := engine/report sim/scenario sim/judge sim/machine sim/guest \
	sim/packets sim/stage sim/lab sim/search \
	engine/agent
DB_DIRS := db

src_of = $(sort $(foreach d,$(1),$(wildcard $(d)/*.c)))
obj_of = $(patsubst %.c,$(B)/obj/%.o,$(1))
MAINS := $(wildcard engine/cmd/main_*.c)
# Both programs find their data the same way; the options are the daemon's.
CMD_SHARED := $(wildcard engine/cmd/datadir.c engine/cmd/daemonargs.c)
# A file whose name ends in a system's is for that system alone.
FOREIGN := $(if $(filter FreeBSD,$(TARGET_OS)),%_linux.c,%_freebsd.c)
ENGINE_SRC := $(filter-out $(FOREIGN),$(call src_of,$(ENGINE_DIRS) \
	$(DB_DIRS))) $(CMD_SHARED)
HARNESS_SRC := $(call src_of,$(HARNESS_DIRS))
CMD_SRC := $(filter-out $(MAINS) $(CMD_SHARED),$(call src_of,engine/cmd))

ENGINE_LIB := $(B)/libengine.a
HARNESS_LIB := $(B)/libharness.a
PROGRAMS := $(patsubst engine/cmd/main_%.c,$(B)/%,$(MAINS))

all: $(PROGRAMS)
	@:

# A stamp changes when its text does, so that objects are made again when the
# flags change and libraries when a source file comes or goes.
$(B)/stamp/flags: STAMP = $(COMPILE)
$(B)/stamp/link: STAMP = $(LINK) $(LIBS)
$(B)/stamp/prefix: STAMP = $(PREFIX)
$(B)/stamp/sources: STAMP = $(ENGINE_SRC) $(HARNESS_SRC) $(CMD_SRC)
$(B)/stamp/%: always
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(STAMP))' | cmp -s - $@ || \
	    printf '%s\n' '$(subst ','\'',$(STAMP))' >$@

# Written under another name first, so that a build which is cut off, or runs
# beside another one, leaves no half file behind.
$(B)/obj/%.o: %.c $(B)/stamp/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(Q)$(COMPILE) -MMD -MP -MT $@ -MF $(@:.o=.d) -c -o $@.$$$$ $< && \
	    mv $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }

# The SQL of the store is part of the program: its lines as C strings. So are
# the look and the script of the HTML report, and the hashes that its
# Content-Security-Policy knows them by.
AS_STRINGS = $(Q)sed -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n",/' $< >$@.$$$$ && \
    mv $@.$$$$ $@
$(B)/gen/%.inc: db/%.sql
	@mkdir -p $(@D)
	$(AS_STRINGS)
$(B)/gen/report.%.inc: engine/report/report.%
	@mkdir -p $(@D)
	$(AS_STRINGS)
$(B)/gen/report.%.hash: engine/report/report.% engine/report/csphash.sh
	@mkdir -p $(@D)
	$(Q)sh engine/report/csphash.sh $< >$@.$$$$ && mv $@.$$$$ $@
$(B)/obj/engine/report/html.o: $(foreach f,css js,$(B)/gen/report.$(f).inc \
    $(B)/gen/report.$(f).hash)
$(B)/obj/engine/report/html.o: private BASE_CFLAGS += -I$(B)/gen
$(B)/obj/db/schema.o: $(patsubst db/%.sql,$(B)/gen/%.inc,$(wildcard db/*.sql))
$(B)/obj/db/schema.o: private BASE_CFLAGS += -I$(B)/gen

# Which commit the programs are made of: only they are linked anew when it is
# another one. COMMIT=TEXT says it where there is no git.
$(B)/gen/commit.c: always
	@mkdir -p $(@D)
	@sh engine/base/commit.sh '$(VERSION)' '$(COMMIT)' >$@.$$$$ && \
	    if cmp -s $@.$$$$ $@; then rm -f $@.$$$$; else mv $@.$$$$ $@; fi
$(B)/obj/commit.o: $(B)/gen/commit.c $(B)/stamp/flags
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@.$$$$ $< && mv $@.$$$$ $@

$(B)/obj/engine/cmd/datadir.o: $(B)/stamp/prefix
$(B)/obj/engine/cmd/datadir.o: private BASE_CFLAGS += \
	-DSWITCHBACK_DATADIR='"$(PREFIX)/share/switchback"'

ARCHIVE = $(Q)rm -f $@.$$$$; ar rcs $@.$$$$ $(filter %.o,$^) && mv $@.$$$$ $@
$(ENGINE_LIB): $(call obj_of,$(ENGINE_SRC)) $(B)/stamp/sources
	$(ARCHIVE)
$(HARNESS_LIB): $(call obj_of,$(HARNESS_SRC) $(CMD_SRC)) $(B)/stamp/sources
	$(ARCHIVE)

# sim/search/arena.c has a part in free().
HARNESS_LINK := -Wl,--wrap=free -Wl,-u,__wrap_free
LINKED = $(filter %.o %.a,$^)
# Under another name first: a test that makes a program again must leave the
# others one that runs. Arguments: for the linker, in front and behind.
LINK_IT = $(Q)$(LINK) $(1) -o $@.$$$$ $(LINKED) $(2) $(LIBS) && \
    mv $@.$$$$ $@ || { rm -f $@.$$$$; exit 1; }
$(B)/switchback: $(B)/obj/engine/cmd/main_switchback.o $(B)/obj/commit.o \
    $(HARNESS_LIB) $(ENGINE_LIB) $(B)/stamp/link
	@echo "  LINK  $@"
	$(call LINK_IT,$(HARNESS_LINK))
$(B)/switchbackd: $(B)/obj/engine/cmd/main_switchbackd.o $(B)/obj/commit.o \
    $(ENGINE_LIB) $(B)/stamp/link
	@echo "  LINK  $@"
	$(LINK_IT)

# --- tests -------------------------------------------------------------
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
# What several of them need; of an archive each takes no more than that.
UNIT_AID := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))
UNIT_LIB := $(B)/libunit.a

$(B)/stamp/aids: STAMP = $(UNIT_AID) $(FUZZ_AID)
$(UNIT_LIB): $(call obj_of,$(UNIT_AID)) $(B)/stamp/aids
	$(ARCHIVE)
$(B)/unit/%: $(B)/obj/tests/unit/%.o $(UNIT_LIB) $(HARNESS_LIB) \
    $(ENGINE_LIB) $(B)/stamp/link
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(call LINK_IT,$(HARNESS_LINK),-lcmocka)

units: $(UNIT_BIN)
	@:

# A fuzz target is one file with LLVMFuzzerTestOneInput(), and may have words
# for the search beside it (NAME.dict). With V=fuzz it is linked with clang's
# libFuzzer; in every other variant with a plain main that runs the corpus and
# a fixed number of mutations of it.
FUZZ_NAMES := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_BIN := $(patsubst %,$(B)/fuzz/%,$(FUZZ_NAMES))
FUZZ_AID := $(filter-out tests/fuzz/fuzz_%.c tests/fuzz/replay_main.c, \
    $(wildcard tests/fuzz/*.c))
FUZZ_LIB := $(B)/libfuzz.a
ifeq ($(V),fuzz)
FUZZ_MAIN :=
FUZZ_LINK := -fsanitize=fuzzer
else
FUZZ_MAIN := $(B)/obj/tests/fuzz/replay_main.o
FUZZ_LINK :=
endif

# Under a sanitizer half of a test's build is its own code being optimised.
ifeq ($(V),asan)
$(B)/obj/tests/%.o: private BASE_CFLAGS += -O0
endif

# What is searched is our code, and not the target that tries it.
ifeq ($(V),fuzz)
$(B)/obj/tests/fuzz/%.o: private BASE_CFLAGS += -fno-sanitize=fuzzer-no-link
endif

$(FUZZ_LIB): $(call obj_of,$(FUZZ_AID)) $(B)/stamp/aids
	$(ARCHIVE)
$(B)/fuzz/%: $(B)/obj/tests/fuzz/fuzz_%.o $(FUZZ_MAIN) $(FUZZ_LIB) \
    $(HARNESS_LIB) $(ENGINE_LIB) $(B)/stamp/link
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(call LINK_IT,$(FUZZ_LINK) $(HARNESS_LINK))

fuzz-%:
	@command -v clang >/dev/null || { echo "fuzz: needs clang" >&2; exit 3; }
	@test -f tests/fuzz/fuzz_$*.c || { echo \
	    "fuzz: no target $*; there are: $(FUZZ_NAMES)" >&2; exit 2; }
	@$(MAKE) --no-print-directory CC=clang V=fuzz build/clang-fuzz/fuzz/$*
	@mkdir -p build/corpus/$* build/crashes
	build/clang-fuzz/fuzz/$* -max_total_time=$(FUZZ_SECONDS) \
	    -artifact_prefix=build/crashes/$*- -timeout=10 \
	    $(addprefix -dict=,$(wildcard tests/fuzz/$*.dict)) \
	    -print_final_stats=1 build/corpus/$* fixtures/corpus/$*

# All of them in turns; a later run goes on where this one ended.
FUZZ_TIME ?= 3600
FUZZ_ONLY ?=
fuzz:
	@command -v clang >/dev/null || { echo "fuzz: needs clang" >&2; exit 3; }
	@$(SUBMAKE) CC=clang V=fuzz fuzz-bins
	@JOBS='$(JOBS)' FUZZ_TIME='$(FUZZ_TIME)' FUZZ_SLICE='$(FUZZ_SECONDS)' \
	    FUZZ_ONLY='$(FUZZ_ONLY)' tests/fuzz.sh

# Everything compiled, nothing linked into a program.
objects: $(ENGINE_LIB) $(HARNESS_LIB) $(call obj_of,$(MAINS) $(UNIT_SRC) \
    $(UNIT_AID) $(wildcard tests/fuzz/*.c tests/bench/*.c tests/lab/*.c))

# What the runner needs to know of this build.
RUN = B='$(B)' V='$(V)' CC='$(CC)' T='$(T)' VERBOSE='$(VERBOSE)' \
	JOBS='$(JOBS)' tests/run.sh
SUBMAKE = $(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
# The sources are the same in every variant: lint runs in the plain one.
KINDS ?= $(if $(filter build,$(B)),lint) unit fuzz cli

BINS_unit := units
BINS_fuzz := fuzz-bins
BINS_cli := lab-bins

check: deps
	@$(SUBMAKE) all $(foreach k,$(KINDS),$(BINS_$(k)))
	@$(RUN) $(KINDS)

lint:
	@$(RUN) lint

fuzz-bins: $(FUZZ_BIN)
	@:

# What a CLI test runs that needs more than a file system: a guest.
LAB_SRC := $(wildcard tests/lab/*.c)
LAB_BIN := $(patsubst tests/lab/%.c,$(B)/lab/%,$(LAB_SRC))

$(B)/lab/%: $(B)/obj/tests/lab/%.o $(HARNESS_LIB) $(ENGINE_LIB) $(B)/stamp/link
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(call LINK_IT,$(HARNESS_LINK),-lcmocka)

lab-bins: $(LAB_BIN)
	@:

# Needs gcc: it compiles what it measures anew, and takes the rest as it is.
coverage: units
	@B='$(B)' CC='$(CC)' sh tests/coverage.sh

# What a benchmark measures that no command of ours does.
BENCH_SRC := $(wildcard tests/bench/*.c)
BENCH_BIN := $(patsubst tests/bench/%.c,$(B)/bench/%,$(BENCH_SRC))

$(B)/bench/%: $(B)/obj/tests/bench/%.o $(ENGINE_LIB) $(B)/stamp/link
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	$(LINK_IT)

bench-bins: $(BENCH_BIN)
	@:

bench: all bench-bins
	@found=; rc=0; for s in tests/bench/*.sh; do test -f "$$s" || continue; \
	    found=yes; echo "== $$s"; \
	    SB=$(B)/switchback SBD=$(B)/switchbackd B=$(B) CC='$(CC)' sh $$s \
	        || rc=1; done; \
	    test -n "$$found" || { echo "bench: nothing to measure"; exit 4; }; \
	    exit $$rc

# Scenarios on a real kernel: LAB is which, LAB_TIMES how often. 77: not here.
LAB ?= scenarios/lab
LAB_TIMES ?= 1
planted: all $(B)/unit/test_plain_devd
	@t=$$(mktemp -d) && { TMP=$$t B='$(B)' tests/planted/run.sh; rc=$$?; \
	    rm -rf $$t; exit $$rc; }

lab:
	@DEPS='$(if $(filter no,$(DEPS)),no,lab)' sh .ci/deps.sh
	@$(SUBMAKE) all
	@B='$(B)' sh tests/lab.sh $(LAB_TIMES) $(LAB)

demo: deps
	@$(SUBMAKE) all
	@sh scenarios/demo.sh $(B)/switchback

freebsd:
	@JOBS='$(JOBS)' sh tests/freebsd.sh

deps:
	@DEPS='$(DEPS)' sh .ci/deps.sh

FORMATTED = $(wildcard engine/*/*.[ch] engine/*/*/*.[ch] sim/*/*.[ch] db/*.[ch] \
	tests/*/*.[ch])
fmt:
	clang-format -i $(FORMATTED)

# --- install -----------------------------------------------------------
D = $(DESTDIR)$(PREFIX)
E = $(DESTDIR)$(SYSCONFDIR)
MAN := $(wildcard engine/*/*.[1-8] sim/*/*.[1-8] db/*.[1-8])
# Its paths as they are after the installation.
FILL = sed -e 's|%%PREFIX%%|$(PREFIX)|g' -e 's|%%SYSCONFDIR%%|$(SYSCONFDIR)|g'

install: all install-$(INSTALL_FOR)
	install -d $(D)/bin $(D)/sbin $(E)/switchback \
	    $(D)/share/switchback/machines $(D)/share/switchback/rules \
	    $(D)/share/switchback/recordings $(D)/share/switchback/lab \
	    $(D)/share/bash-completion/completions \
	    $(D)/share/zsh/site-functions
	install -m 755 $(B)/switchback $(D)/bin/
	test ! -f $(B)/switchbackd || install -m 755 $(B)/switchbackd $(D)/sbin/
	for f in engine/rules/conf/*.conf; do test ! -f $$f || \
	    install -m 644 $$f $(D)/share/switchback/rules/; done
	for f in engine/rules/conf/*.conf; do \
	    to=$(E)/switchback/$${f##*/}; \
	    test ! -f $$f -o -f $$to || install -m 644 $$f $$to; done
	for f in fixtures/machines/*.profile; do test ! -f $$f || \
	    install -m 644 $$f $(D)/share/switchback/machines/; done
	for f in fixtures/recordings/*.md; do test ! -f $$f || \
	    install -m 644 $$f $(D)/share/switchback/recordings/; done
	install -m 755 sim/lab/*.sh $(D)/share/switchback/lab/
	for f in $(MAN); do s=$${f##*.}; install -d $(D)/share/man/man$$s && \
	    install -m 644 $$f $(D)/share/man/man$$s/; done
	for p in switchback switchbackd; do \
	    install -m 644 engine/cmd/completion/switchback.bash \
	        $(D)/share/bash-completion/completions/$$p; done
	install -m 644 engine/cmd/completion/_switchback \
	    $(D)/share/zsh/site-functions/

# How the system starts the daemon: rc(8), or systemd.
install-FreeBSD:
	install -d $(D)/etc/rc.d
	rm -f $(D)/etc/rc.d/switchbackd
	$(FILL) engine/daemon/rc.d/switchbackd >$(D)/etc/rc.d/switchbackd
	chmod 555 $(D)/etc/rc.d/switchbackd

install-Linux:
	install -d $(DESTDIR)$(UNITDIR) $(E)/default
	$(FILL) engine/daemon/systemd/switchbackd.service \
	    >$(DESTDIR)$(UNITDIR)/switchbackd.service
	test -f $(E)/default/switchbackd || \
	    $(FILL) engine/daemon/systemd/switchbackd.default \
	        >$(E)/default/switchbackd

install-%:
	@echo "install: nothing starts switchbackd on $*" >&2

# A Debian package, from a build of its own: the paths are others.
DEB ?= build/switchback_$(VERSION)_$(shell dpkg --print-architecture).deb
deb:
	@case '$(B)' in build) b=build/deb ;; *) b='$(B)' ;; esac; \
	    rm -rf "$$b/root" && umask 022 && \
	    $(MAKE) --no-print-directory -s B="$$b" install PREFIX=/usr \
	        SYSCONFDIR=/etc UNITDIR=/lib/systemd/system \
	        INSTALL_FOR=Linux DESTDIR="$$b/root" && \
	    sh engine/daemon/debian/build.sh "$$b/root" '$(VERSION)' '$(DEB)'

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

clean:
	rm -rf build

.PHONY: all units clean check coverage lint bench planted fuzz lab demo freebsd \
	deps fmt install deb install-FreeBSD install-Linux fuzz-bins lab-bins bench-bins \
	objects always
.PRECIOUS: $(B)/obj/%.o $(B)/stamp/%
