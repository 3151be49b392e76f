// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes for the TOML parser, and what must hold of any answer. tests/toml.bats runs it; for
 * longer:
 *
 *	clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc -o fuzz-toml \
 *		tests/fuzz/fuzz-toml.c src/toml*.c src/text.c src/mem.c src/diag.c src/utf8.c
 *	./fuzz-toml -max_total_time=300 CORPUS tests/toml/valid tests/toml/invalid
 */
#include <string.h>

#include "toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_position(unsigned line, unsigned column, unsigned lines)
{
	require(line >= 1 && line <= lines && column >= 1);
}

static void check_node(const struct toml *v, unsigned depth, unsigned lines)
{
	bool container = v->type == TOML_TABLE || v->type == TOML_ARRAY;

	require(!container || depth <= TOML_DEPTH_MAX);
	require(container || v->n == 0);
	check_position(v->line, v->column, lines);
	check_position(v->value_line, v->value_column, lines);
	if (v->string)
		require(v->string[v->string_len] == '\0');
	for (size_t i = 0; i < v->n; i++) {
		const struct toml *item = v->items[i];

		require((v->type == TOML_TABLE) == (item->key != NULL));
		if (item->key) {
			require(item->key[item->key_len] == '\0');
			if (strlen(item->key) == item->key_len)
				require(toml_get(v, item->key) == item);
		}
		check_node(item, depth + 1, lines);
	}
}

static unsigned count_lines(const char *text, size_t n)
{
	unsigned lines = 1;

	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(fault_list_release) struct fault_list faults = {0};
	char *text = malloc(size + !size);
	unsigned lines;
	struct toml *root;

	/* Exactly as large as the document, so that a step behind its end is seen. */
	memcpy(text, data, size);
	lines = count_lines(text, size);
	root = toml_parse(text, size, 1, &faults);
	for (size_t i = 0; i < faults.n; i++) {
		check_position(faults.items[i].line, faults.items[i].column, lines);
		require(strlen(faults.items[i].text) > 0);
	}
	check_node(root, 0, lines);
	toml_free(root);
	free(text);
	return 0;
}
