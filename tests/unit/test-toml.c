// SPDX-License-Identifier: GPL-2.0-or-later
/* The TOML parser: what scalars mean, and where nodes are. Whole documents are in tests/toml. */
#include <math.h>

#include "toml-tools.h"

static void integers_keep_all_their_bits(void)
{
	static const struct {
		const char *document;
		int64_t value;
	} cases[] = {
		{"v = 0", 0},
		{"v = +0", 0},
		{"v = -17", -17},
		{"v = 1_2_3", 123},
		{"v = 9223372036854775807", INT64_MAX},
		{"v = -9223372036854775808", INT64_MIN},
		{"v = 0x7FFF_ffff_FFFF_ffff", INT64_MAX},
		{"v = 0x00dead", 0xdead},
		{"v = 0o755", 0755},
		{"v = 0b1_01", 5},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(parsed_release) struct parsed p = parse(cases[i].document);
		const struct toml *v = value_of(&p, TOML_INTEGER);

		if (v)
			CHECK_INT(v->integer, cases[i].value);
	}
}

static void floats_are_the_nearest_doubles(void)
{
	static const struct {
		const char *document;
		double value;
	} cases[] = {
		{"v = 3.14", 3.14},
		{"v = -0.01", -0.01},
		{"v = 5e+22", 5e22},
		{"v = 1e06", 1e6},
		{"v = 6.626e-34", 6.626e-34},
		{"v = 9_224.1_5", 9224.15},
		{"v = +1.0", 1},
		{"v = -inf", -INFINITY},
		{"v = +inf", INFINITY},
		{"v = 1e400", INFINITY},
		{"v = 0e0", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(parsed_release) struct parsed p = parse(cases[i].document);
		const struct toml *v = value_of(&p, TOML_FLOAT);

		if (v)
			CHECK(v->number == cases[i].value);
	}
	for (unsigned i = 0; i < 3; i++) {
		_cleanup_(parsed_release) struct parsed p =
			parse((const char *[]){"v = nan", "v = +nan", "v = -nan"}[i]);
		const struct toml *v = value_of(&p, TOML_FLOAT);

		if (v)
			CHECK(isnan(v->number));
	}
}

static void dates_and_times_come_in_one_spelling(void)
{
	static const struct {
		const char *document;
		enum toml_type type;
		const char *value;
	} cases[] = {
		{"v = 1979-05-27t07:32:00z", TOML_DATETIME, "1979-05-27T07:32:00Z"},
		{"v = 1979-05-27 00:32:00.999-07:00", TOML_DATETIME,
		 "1979-05-27T00:32:00.999-07:00"},
		{"v = 1990-12-31T23:59:60Z", TOML_DATETIME, "1990-12-31T23:59:60Z"},
		{"v = 1979-05-27T07:32:00.5", TOML_DATETIME_LOCAL, "1979-05-27T07:32:00.5"},
		{"v = 2000-02-29 # leap day", TOML_DATE_LOCAL, "2000-02-29"},
		{"v = 0000-01-01", TOML_DATE_LOCAL, "0000-01-01"},
		{"v = 23:59:59", TOML_TIME_LOCAL, "23:59:59"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(parsed_release) struct parsed p = parse(cases[i].document);
		const struct toml *v = value_of(&p, cases[i].type);

		if (v && CHECK_STR(v->string, cases[i].value))
			CHECK_INT(v->string_len, strlen(cases[i].value));
	}
}

static void strings_mean_what_they_say(void)
{
	static const struct {
		const char *document;
		const char *value;
	} cases[] = {
		{"v = \"\"", ""},
		{"v = ''", ""},
		{"v = \"\\b\\t\\n\\f\\r\\\"\\\\\"", "\b\t\n\f\r\"\\"},
		{"v = \"\\u00e9\\uFFFD\\U0001F600\"", "\u00e9\ufffd\U0001F600"},
		{"v = 'C:\\new'", "C:\\new"},
		{"v = \"\"\"\na\r\nb\"\"\"", "a\nb"},
		{"v = \"\"\"a\\\n\n \t b\\  \r\n\"\"\"", "ab"},
		{"v = \"\"\"\"\"a\"\"b\"\"\"\"\"", "\"\"a\"\"b\"\""},
		{"v = '''''a'' \\'''''", "''a'' \\''"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_(parsed_release) struct parsed p = parse(cases[i].document);
		const struct toml *v = value_of(&p, TOML_STRING);

		if (v)
			CHECK_STR(v->string, cases[i].value);
	}
}

static void nul_bytes_are_characters(void)
{
	_cleanup_(parsed_release) struct parsed p =
		parse("v = \"a\\u0000b\"\n\"k\\u0000\" = 1\nk = 2\n\"k\\u0000\" = 3\n");
	const struct toml *v = toml_get(p.root, "v");
	_cleanup_(text_release) struct text text = {0};

	CHECK_STR(faults_of(&p, &text), "4:1: key \"k\\u0000\" was already set on line 2");
	CHECK_INT(v->string_len, 3);
	CHECK_BYTES(v->string, "a\0b", 4);
	CHECK_INT(p.root->items[1]->key_len, 2);
	CHECK_INT(toml_get(p.root, "k")->integer, 2);
}

static void nodes_know_where_they_are(void)
{
	_cleanup_(parsed_release) struct parsed p = parse("\xef\xbb\xbf"
							  "one = 1\n"
							  "  '\u00fc\U0001F600' . b =  [ 'x',\n"
							  "\t{ k = 2 } ]\n"
							  "[ super . sub ]\n"
							  "[[ list ]]\r\n"
							  "[super]\n"
							  " [[list]]\n"
							  "  k = 3\n");

	CHECK_INT(p.faults.n, 0);
	CHECK_PLACE(p.root, "one", 1, 1, 1, 7);
	CHECK_PLACE(p.root, "\u00fc\U0001F600", 2, 3, 2, 3);
	CHECK_PLACE(p.root, "\u00fc\U0001F600.b", 2, 10, 2, 15);
	CHECK_PLACE(p.root, "\u00fc\U0001F600.b.0", 2, 17, 2, 17);
	CHECK_PLACE(p.root, "\u00fc\U0001F600.b.1.k", 3, 4, 3, 8);
	CHECK_PLACE(p.root, "super.sub", 4, 11, 4, 1);
	CHECK_PLACE(p.root, "super", 6, 2, 6, 1);
	CHECK_PLACE(p.root, "list", 5, 4, 5, 1);
	CHECK_PLACE(p.root, "list.0", 5, 1, 5, 1);
	CHECK_PLACE(p.root, "list.1", 7, 2, 7, 2);
	CHECK_PLACE(p.root, "list.1.k", 8, 3, 8, 7);
}

static void members_keep_their_order(void)
{
	_cleanup_(parsed_release) struct parsed p = parse("z = 1\n[b.c]\n[a]\n[b]\ny = 2\n");

	if (!CHECK_INT(p.root->n, 3))
		return;
	CHECK_STR(p.root->items[0]->key, "z");
	CHECK_STR(p.root->items[1]->key, "b");
	CHECK_STR(p.root->items[2]->key, "a");
	CHECK(toml_get(p.root, "B") == NULL);
	CHECK_STR(toml_type_name(at(p.root, "b.c")->type), "a table");
}

UNIT_TESTS(UNIT(integers_keep_all_their_bits), UNIT(floats_are_the_nearest_doubles),
	   UNIT(dates_and_times_come_in_one_spelling), UNIT(strings_mean_what_they_say),
	   UNIT(nul_bytes_are_characters), UNIT(nodes_know_where_they_are),
	   UNIT(members_keep_their_order))
