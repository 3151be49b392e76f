// SPDX-License-Identifier: GPL-2.0-or-later
/* Columns, paragraphs and colour, and what other people's bytes become in them. */
#include "table.h"

#include "unit.h"
#include "utf8.h"

static const struct paper plain = {false, 40};

static void print(const struct table *t, const struct paper *paper, size_t indent,
		  const char *expected)
{
	_cleanup_(text_release) struct text out = {0};

	table_print(t, paper, indent, &out);
	CHECK_STR(text_str(&out), expected);
}

static void columns_line_up(void)
{
	static const struct table_column columns[] = {
		{"NAME", false}, {"SIZE", true}, {"NOTE", false}};
	struct table t;

	table_init(&t, columns, ARRAY_SIZE(columns));
	print(&t, &plain, 0, "");
	table_add(&t, INK_PLAIN, "images");
	table_add(&t, INK_PLAIN, "1 GiB");
	table_add(&t, INK_PLAIN, "kept");
	table_add(&t, INK_PLAIN, "a");
	table_add(&t, INK_PLAIN, "16 GiB");
	table_add(&t, INK_PLAIN, NULL);
	print(&t, &plain, 2,
	      "  NAME     SIZE NOTE\n"
	      "  images  1 GiB kept\n"
	      "  a      16 GiB\n");
	table_release(&t);
}

static void empty_columns_are_not_shown(void)
{
	static const struct table_column columns[] = {
		{"", false}, {"NAME", false}, {"MAP", false}, {"NOTE", false}};
	struct table t;

	table_init(&t, columns, ARRAY_SIZE(columns));
	table_add(&t, INK_PLAIN, "a");
	table_add(&t, INK_PLAIN, "x");
	table_add(&t, INK_PLAIN, NULL);
	table_add(&t, INK_PLAIN, NULL);
	print(&t, &plain, 0,
	      "  NAME\n"
	      "a x\n");
	table_release(&t);
}

static void sentences_wrap_in_their_column(void)
{
	static const struct table_column columns[] = {{"NAME", false}, {"NOTE", false}};
	struct table t;

	table_init(&t, columns, ARRAY_SIZE(columns));
	table_add(&t, INK_PLAIN, "images");
	table_add(&t, INK_PLAIN, "its device offers 1GiB, not 2GiB; align is 4KiB");
	table_add(&t, INK_PLAIN, "b");
	table_add(&t, INK_PLAIN, "x");
	print(&t, &plain, 0,
	      "NAME   NOTE\n"
	      "images its device offers 1GiB, not 2GiB;\n"
	      "       align is 4KiB\n"
	      "b      x\n");
	/* No paper is too narrow for words. */
	print(&t, &(struct paper){false, 5}, 0,
	      "NAME   NOTE\n"
	      "images its device offers\n"
	      "       1GiB, not 2GiB;\n"
	      "       align is 4KiB\n"
	      "b      x\n");
	table_release(&t);
}

static void characters_count_not_bytes(void)
{
	static const struct table_column columns[] = {{"NAME", false}, {"MODE", false}};
	struct table t;

	table_init(&t, columns, ARRAY_SIZE(columns));
	table_add(&t, INK_PLAIN, "größe");
	table_add(&t, INK_PLAIN, "raw");
	table_add(&t, INK_PLAIN, "size5");
	table_add(&t, INK_PLAIN, "raw");
	print(&t, &plain, 0,
	      "NAME  MODE\n"
	      "größe raw\n"
	      "size5 raw\n");
	table_release(&t);
}

static void paragraphs_wrap_and_go_on(void)
{
	_cleanup_(text_release) struct text out = {0};

	text_add(&out, "! ");
	paragraph_add(&out, &(struct paper){false, 41}, 2, 4, INK_PLAIN,
		      "one two three four five six seven eight nine");
	CHECK_STR(text_str(&out), "! one two three four five six seven eight\n"
				  "    nine\n");
	text_release(&out);
	paragraph_add(&out, &(struct paper){false, 20}, 0, 0, INK_PLAIN,
		      "0123456789012345678901234 x");
	CHECK_STR(text_str(&out), "01234567890123456789\n"
				  "01234 x\n");
	text_release(&out);
	paragraph_add(&out, &plain, 0, 0, INK_PLAIN, "");
	CHECK_STR(text_str(&out), "\n");
}

static void colour_only_where_it_is_welcome(void)
{
	_cleanup_(text_release) struct text out = {0};

	ink_add(&out, &(struct paper){true, 80}, INK_RED, "no");
	CHECK_STR(text_str(&out), "\033[31mno\033[0m");
	text_release(&out);
	ink_add(&out, &(struct paper){false, 80}, INK_RED, "no");
	CHECK_STR(text_str(&out), "no");
	text_release(&out);
	/* Nothing to colour is nothing at all. */
	ink_add(&out, &(struct paper){true, 80}, INK_RED, "");
	ink_add(&out, &(struct paper){true, 80}, INK_PLAIN, "x");
	CHECK_STR(text_str(&out), "x");
}

static void colour_takes_no_columns(void)
{
	static const struct table_column columns[] = {{"A", false}, {"B", true}, {"NOTE", false}};
	static const struct paper colourful = {true, 40};
	struct table t;

	table_init(&t, columns, ARRAY_SIZE(columns));
	for (int i = 0; i < 2; i++) {
		table_add(&t, INK_GREEN, i ? "x" : "long");
		table_add(&t, INK_RED, i ? "1" : "100");
		table_add(&t, INK_PLAIN, "n");
	}
	print(&t, &colourful, 0,
	      "\033[2mA\033[0m      \033[2mB\033[0m \033[2mNOTE\033[0m\n"
	      "\033[32mlong\033[0m \033[31m100\033[0m n\n"
	      "\033[32mx\033[0m      \033[31m1\033[0m n\n");
	table_release(&t);
}

static void names_cannot_steer_the_terminal(void)
{
	static const struct {
		const char *found, *shown, *valid;
	} cases[] = {
		{"plain", "plain", "plain"},
		{"a\033[2Jb", "a\xef\xbf\xbd[2Jb", "a\033[2Jb"},
		{"a\nb\x7f",
		 "a\xef\xbf\xbd"
		 "b\xef\xbf\xbd",
		 "a\nb\x7f"},
		{"\xc2\x9b"
		 "1m",
		 "\xef\xbf\xbd"
		 "1m",
		 "\xc2\x9b"
		 "1m"}, /* CSI as one character */
		{"\xc2\xa0\xc3\xbc", "\xc2\xa0\xc3\xbc", "\xc2\xa0\xc3\xbc"},
		{"\xff\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* overlong */
		{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* surrogate */
		{"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* beyond Unicode */
		{"\xf0\x9f\x90\xbf", "\xf0\x9f\x90\xbf", "\xf0\x9f\x90\xbf"},
		{"\xf0\x9f\x90", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		 "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}, /* cut short */
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(text_release) struct text shown = {0}, valid = {0};

		utf8_add_printable(&shown, cases[i].found);
		CHECK_STR(text_str(&shown), cases[i].shown);
		utf8_add_valid(&valid, cases[i].found);
		CHECK_STR(text_str(&valid), cases[i].valid);
	}
}

UNIT_TESTS(UNIT(columns_line_up), UNIT(empty_columns_are_not_shown),
	   UNIT(sentences_wrap_in_their_column), UNIT(characters_count_not_bytes),
	   UNIT(paragraphs_wrap_and_go_on), UNIT(colour_only_where_it_is_welcome),
	   UNIT(colour_takes_no_columns), UNIT(names_cannot_steer_the_terminal))
