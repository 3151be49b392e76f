// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a layout: there is either a layout or a fault, each fault on one line and somewhere
 * in the file; and a layout prints as something that reads back and prints the same. The bytes
 * before the first 0x1e are a layout, those between others its drop-ins: what all come to as one
 * tree prints as the same layout.
 * tests/layouts.bats builds and runs it; for longer, RAMDAX_LONG=1 bats tests/layouts.bats.
 */
#include <string.h>

#include "layout.h"
#include "text.h"
#include "toml-print.h"

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
	struct layout *layout = layout_read_text(text, n, "layout.toml", &faults);

	require(!layout == (faults.n > 0));
	check_faults(&faults, text, n);
	if (layout)
		layout_print(layout, out);
	layout_free(layout);
}

/* The files of a layout: @text, cut. */
static void cut(const char *text, size_t n, struct layout_files *files)
{
	const char *end = text + n, *next;

	for (; text <= end && files->n < LAYOUT_FILES_MAX; text = next + 1) {
		next = memchr(text, 0x1e, (size_t)(end - text));
		if (!next)
			next = end;
		layout_files_add(files, "layout.toml", text, (size_t)(next - text));
	}
}

static void check_drop_ins(const char *text, size_t n)
{
	_cleanup_(layout_files_release) struct layout_files files = {0};
	_cleanup_(fault_list_release) struct fault_list faults = {0}, of_tree = {0}, again = {0};
	_cleanup_(text_release) struct text one = {0};
	struct layout *layout, *same = NULL;
	struct toml *tree;

	cut(text, n, &files);
	layout = layout_read(&files, &faults);
	tree = layout_tree(&files, &of_tree);
	if (layout) {
		toml_print(tree, NULL, NULL, &one);
		same = layout_read_text(text_str(&one), one.len, "layout.toml", &again);
		require(same && same->n_regions == layout->n_regions);
	}
	toml_free(tree);
	layout_free(layout);
	layout_free(same);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(text_release) struct text first = {0}, second = {0};

	check_drop_ins((const char *)data, size);
	print((const char *)data, size, &first);
	/* What is printed may be longer than any file that is read: 509 for one "count". */
	if (first.len == 0 || first.len > 1 << 20)
		return 0;
	print(first.s, first.len, &second);
	require(second.len == first.len && !memcmp(first.s, second.s, first.len));
	return 0;
}
