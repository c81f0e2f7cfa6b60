# Switchback. GNU make; on FreeBSD use gmake.
#
#	make			both programs, at build/switchback and build/switchbackd
#	make demo		install what is missing, build, replay a recorded migration
#	make check		all tests          (make V=asan check: with ASan and UBSan)
#	make lint		layers, fences, sizes, format
#	make bench		the numbers in the README
#	make fmt		put the sources into their canonical layout
#
# Variables: CC, V (default, asan or debug), CFLAGS and LDFLAGS (added last), DESTDIR, PREFIX.

MAKEFLAGS += --no-builtin-rules
.DEFAULT_GOAL := all
.SUFFIXES:
.DELETE_ON_ERROR:

ifeq ($(origin CC),default)
CC := gcc
endif
V ?= default
PREFIX ?= /usr/local

# The plain gcc build lives in build/; every other one in a folder of its own,
# so that switching the compiler or the variant never mixes objects.
VARIANT := $(notdir $(CC))-$(V)
B := $(if $(filter gcc-default cc-default,$(VARIANT)),build,build/$(VARIANT))

ifeq ($(V),default)
VFLAGS := -O2 -g
else ifeq ($(V),debug)
VFLAGS := -O0 -g
else ifeq ($(V),asan)
VFLAGS := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all
else
$(error V=$(V) is not known: use V=default, V=debug or V=asan)
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
	-Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual \
	-Wwrite-strings -Wformat=2 -Wundef -Wvla -Wswitch -Werror
VERSION := 0.1.0
BASE_CFLAGS := -std=c11 -D_GNU_SOURCE -Iengine -I. \
	-DSWITCHBACK_VERSION='"$(VERSION)"' $(WARN) $(VFLAGS)
LIBS := -lsqlite3 -lpcap

# Modules, by floor. The daemon links the engine and the store, never sim/.
ENGINE_DIRS := engine/base engine/base/compat engine/event engine/rules \
	engine/failover engine/world engine/core engine/packet engine/daemon
HARNESS_DIRS := engine/report sim
DB_DIRS := db

src_of = $(sort $(foreach d,$(1),$(wildcard $(d)/*.c)))
ENGINE_SRC := $(call src_of,$(ENGINE_DIRS) $(DB_DIRS))
HARNESS_SRC := $(call src_of,$(HARNESS_DIRS))
CMD_SRC := $(filter-out engine/cmd/main_%.c,$(call src_of,engine/cmd))
obj_of = $(patsubst %.c,$(B)/obj/%.o,$(1))

ENGINE_LIB := $(B)/libengine.a
HARNESS_LIB := $(B)/libharness.a
PROGRAMS := $(B)/switchback $(B)/switchbackd

all: $(PROGRAMS)

# Everything a test or a person needs to find at run time is copied nowhere:
# programs look beside the source tree first, then under PREFIX/share.
$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(BASE_CFLAGS) -MMD -MP $(CFLAGS) -c -o $@ $<

$(ENGINE_LIB): $(call obj_of,$(ENGINE_SRC))
	@rm -f $@; ar rcs $@ $^
$(HARNESS_LIB): $(call obj_of,$(HARNESS_SRC) $(CMD_SRC))
	@rm -f $@; ar rcs $@ $^

$(B)/switchback: $(B)/obj/engine/cmd/main_switchback.o $(HARNESS_LIB) $(ENGINE_LIB)
	@echo "  LINK  $@"
	@$(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)
$(B)/switchbackd: $(B)/obj/engine/cmd/main_switchbackd.o $(ENGINE_LIB)
	@echo "  LINK  $@"
	@$(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

# --- tests -------------------------------------------------------------
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNIT_BIN := $(patsubst tests/unit/%.c,$(B)/unit/%,$(UNIT_SRC))
UNIT_AID := $(filter-out $(UNIT_SRC),$(wildcard tests/unit/*.c))

$(B)/unit/%: $(B)/obj/tests/unit/%.o $(call obj_of,$(UNIT_AID)) $(HARNESS_LIB) $(ENGINE_LIB)
	@mkdir -p $(@D)
	@echo "  LINK  $@"
	@$(CC) $(VFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LIBS)

units: $(UNIT_BIN)

-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)

clean:
	rm -rf build

.PHONY: all units clean
.SECONDARY:
