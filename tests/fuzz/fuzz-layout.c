// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a layout: there is either a layout or a fault, each fault on one line and somewhere
 * in the file; and a layout prints as something that reads back and prints the same.
 * tests/layouts.bats builds and runs it; for longer, RAMDAX_LONG=1 bats tests/layouts.bats.
 */
#include <string.h>

#include "layout.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_faults(const struct fault_list *faults, const char *text, size_t n)
{
	unsigned lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *f = &faults->items[i];

		require(f->line >= 1 && f->line <= lines && f->column >= 1);
		require(*f->text && !strpbrk(f->text, "\n\r\t\033"));
		require(i == 0 || f[-1].line <= f->line);
	}
}

/* What @text prints as; empty if it is no layout. */
static void print(const char *text, size_t n, struct text *out)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	struct layout *layout = layout_read(text, n, "layout.toml", &faults);

	require(!layout == (faults.n > 0));
	check_faults(&faults, text, n);
	if (layout)
		layout_print(layout, out);
	layout_free(layout);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(text_release) struct text first = {0}, second = {0};

	print((const char *)data, size, &first);
	/* What is printed may be longer than any file that is read: 509 for one "count". */
	if (first.len == 0 || first.len > 1 << 20)
		return 0;
	print(first.s, first.len, &second);
	require(second.len == first.len && !memcmp(first.s, second.s, first.len));
	return 0;
}
