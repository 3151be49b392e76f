# SPDX-License-Identifier: GPL-2.0-or-later
# ramdax: see README.md. Variables a packager sets: CC, CFLAGS, LDFLAGS, DESTDIR, PREFIX, STATIC.

VERSION := 0.1.0
STATIC ?= yes
BUILD ?= build

CFLAGS ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -DRAMDAX_VERSION='"$(VERSION)"' -Isrc
WARNINGS := -Wall -Wextra -Wswitch-enum -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wno-format-nonliteral
override CFLAGS += -std=c11 $(WARNINGS) -ffunction-sections -fdata-sections
LDFLAGS += -Wl,--gc-sections
ifeq ($(STATIC),yes)
LDFLAGS += -static
endif

# Everything but the program's entry, for the program and for the tests alike.
SOURCES := $(filter-out src/main.c,$(wildcard src/*.c))
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o)

all: ramdax

ramdax: $(BUILD)/main.o $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lblkid -luuid -ljson-c

$(BUILD)/%.o: src/%.c | $(BUILD)
	$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -c -o $@ $<

$(BUILD):
	mkdir -p $@

-include $(wildcard $(BUILD)/*.d)

clean:
	rm -rf $(BUILD) ramdax

.PHONY: all clean
