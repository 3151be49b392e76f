// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The TOML parser: what scalars mean, where nodes are, what is said about what is wrong, and that
 * it ends in time. Whole documents are in tests/toml.
 */
#include <math.h>
#include <time.h>

#include "mem.h"
#include "text.h"
#include "toml.h"
#include "unit.h"

/* A document and what became of it. */
struct parsed {
	struct toml *root;
	struct fault_list faults;
};

static void parsed_release(struct parsed *p)
{
	toml_free(p->root);
	fault_list_release(&p->faults);
}

static struct parsed parse_bytes(const char *text, size_t n)
{
	struct parsed p = {0};

	p.root = toml_parse(text, n, 1, &p.faults);
	return p;
}

static struct parsed parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

/* All faults as "LINE:COLUMN: text", one a line. */
static const char *faults_of(const struct parsed *p, struct text *out)
{
	text_release(out);
	for (size_t i = 0; i < p->faults.n; i++)
		text_addf(out, "%s%u:%u: %s", i ? "\n" : "", p->faults.items[i].line,
			  p->faults.items[i].column, p->faults.items[i].text);
	return text_str(out);
}

#define CHECK_FAULTS(document, expected)                                      \
	do {                                                                  \
		_cleanup_(parsed_release) struct parsed _p = parse(document); \
		_cleanup_(text_release) struct text _text = {0};              \
                                                                              \
		CHECK_STR(faults_of(&_p, &_text), expected);                  \
	} while (0)

/* The node at a path of keys and element numbers, "a.b.0"; NULL if there is none. */
static const struct toml *at(const struct toml *v, const char *path)
{
	_cleanup_(freep) char *copy = mem_strdup(path);
	char *rest = copy, *step;

	while (v && (step = strsep(&rest, "."))) {
		size_t i = strtoul(step, NULL, 10);

		if (v->type == TOML_ARRAY)
			v = i < v->n ? v->items[i] : NULL;
		else
			v = toml_get(v, step);
	}
	return v;
}

#define CHECK_PLACE(root, path, line_, column_, value_line_, value_column_) \
	do {                                                                \
		const struct toml *_v = at(root, path);                     \
                                                                            \
		if (!CHECK(_v != NULL))                                     \
			break;                                              \
		CHECK_INT(_v->line, line_);                                 \
		CHECK_INT(_v->column, column_);                             \
		CHECK_INT(_v->value_line, value_line_);                     \
		CHECK_INT(_v->value_column, value_column_);                 \
	} while (0)

/* The value of "v = ..." in @p, which must be of @type; NULL, and a failed check, otherwise. */
static const struct toml *value_of(const struct parsed *p, enum toml_type type)
{
	const struct toml *v = toml_get(p->root, "v");

	CHECK_INT(p->faults.n, 0);
	return CHECK(v && v->type == type) ? v : NULL;
}

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

/* A fault in one place must not make its neighbours look incomplete, nor let them be missed. */
static void what_is_incomplete_is_marked(void)
{
	_cleanup_(parsed_release) struct parsed p = parse("good = 1\n"
							  "[a]\n"
							  "bad = ?\n"
							  "list = [1, x, 3]\n"
							  "[b.c]\n"
							  "d.e = 0x\n"
							  "[[f]]\n"
							  "k = 1\n"
							  "[[f]\n"
							  "k = 2\n"
							  "[[f.g]]\n"
							  "[h]\n"
							  "i = { j = 1, k = nope }\n"
							  "[l]\n"
							  "\"\\q\" = 1\n");

	CHECK_INT(p.faults.n, 6);
	CHECK(p.root->damaged); /* for the [[f] that is not there */
	CHECK(at(p.root, "a")->damaged);
	CHECK(at(p.root, "a.list")->damaged);
	CHECK_INT(at(p.root, "a.list")->n, 2);
	CHECK(!at(p.root, "b")->damaged);
	CHECK(at(p.root, "b.c")->damaged);
	CHECK(at(p.root, "b.c.d")->damaged);
	CHECK(at(p.root, "f")->damaged);
	CHECK_INT(at(p.root, "f")->n, 1);
	CHECK_INT(at(p.root, "f.0.k")->integer, 1);
	CHECK(at(p.root, "f.0.g") == NULL);
	CHECK(!at(p.root, "h")->damaged);
	CHECK(at(p.root, "h.i")->damaged);
	CHECK_INT(at(p.root, "h.i.j")->integer, 1);
	CHECK(at(p.root, "l")->damaged);
	CHECK_INT(at(p.root, "l")->n, 0);
	CHECK_INT(at(p.root, "good")->integer, 1);
}

static void one_mistake_gives_one_fault(void)
{
	CHECK_FAULTS("a = [1,\n  2\n\nb = 1\n[c]\nd = 2 3\n",
		     "1:5: this array is not closed: expected \"]\" before line 4\n"
		     "6:7: expected the end of the line after the value of \"d\", found \"3\"");
	CHECK_FAULTS("a = [\n  1,\n[c]\n[[d]]\n",
		     "1:5: this array is not closed: expected \"]\" before line 3");
	CHECK_FAULTS("a = [\n 1 2,\n 'x # ]',\n {b = ']'},\n \"\"\"]\n]\"\"\",\n] # ]\nb = ?\n",
		     "2:4: expected \",\" or \"]\" in the array of line 1, found \"2\"\n"
		     "8:5: expected a value, found \"?\"");
	CHECK_FAULTS("a = [ 1 2,\n \"]\\\\\", ']\\', \"\\\"]\", # ]\n]\nb = ?\n",
		     "1:9: expected \",\" or \"]\" in the array of line 1, found \"2\"\n"
		     "4:5: expected a value, found \"?\"");
	CHECK_FAULTS("a = [ 1\n\"b \\\" c\" . 'd\\' = 2\nb = ?\n",
		     "1:5: this array is not closed: expected \"]\" before line 2\n"
		     "3:5: expected a value, found \"?\"");
	CHECK_FAULTS("a = [ 1,\n[infinite]\nb = ?\n",
		     "1:5: this array is not closed: expected \"]\" before line 2\n"
		     "3:5: expected a value, found \"?\"");
	CHECK_FAULTS("a = { b = 1,\n  c = 2,\n}\nd = 1 1\n",
		     "1:13: expected a key: an inline table ends on the line it begins on\n"
		     "4:7: expected the end of the line after the value of \"d\", found \"1\"");
	CHECK_FAULTS("a = \"\"\"\n[b]\nc = 1\n",
		     "1:5: this string is not closed: expected \"\"\" before the end of the file");
	CHECK_FAULTS("[[a]\nb = 1\n[[a.b]]\n[[a.b.c]]\n[[a]]\nb = 1\n",
		     "1:4: expected \"]]\" after header \"a\", found \"]\"");
	CHECK_FAULTS("[a]\nb = 1\n[a]\nb = 1\n[a.c]\nb = 1\n",
		     "3:2: \"a\" is already a table, defined on line 1");
	CHECK_FAULTS("a = [{b = \"c",
		     "1:11: this string is not closed: expected \" before the end of the line");
	CHECK_FAULTS("a = I don't know\n", "1:5: \"I\" is not a value: a string stands in quotes");
	CHECK_FAULTS("# caf\xe9 cr\xe8me\n",
		     "1:6: byte 0xe9 (not UTF-8) cannot stand in a comment");
}

static void several_mistakes_are_all_told(void)
{
	CHECK_FAULTS(
		"a = \"\\q \\w\"\nb\n= 1\nc = 01\n[d\ne = [0x, 1., 2021-02-29]\n",
		"1:6: a backslash must be followed by one of btnfr\"\\uU; one that means itself "
		"is written twice, or stands in '...'\n"
		"1:9: a backslash must be followed by one of btnfr\"\\uU; one that means itself "
		"is written twice, or stands in '...'\n"
		"2:2: expected \"=\" after key \"b\", found the end of the line\n"
		"3:1: expected a key, found \"=\"\n"
		"4:5: \"01\" is not a value: a decimal number does not begin with 0\n"
		"5:3: expected \"]\" after header \"d\", found the end of the line\n"
		"6:6: \"0x\" is not a value: a digit is missing\n"
		"6:10: \"1.\" is not a value: a digit is missing\n"
		"6:14: \"2021-02-29\" is not a value: a date is YYYY-MM-DD, of a day that exists");
}

/* @times times @s, then @last. */
static char *repeated(const char *s, size_t times, const char *last)
{
	struct text t = {0};

	text_add_repeated(&t, s, times);
	text_add(&t, last);
	return text_take(&t);
}

static void nesting_ends_at_64(void)
{
	_cleanup_(freep) char *open = repeated("[", 64, ""), *close = repeated("]", 64, "");
	_cleanup_(freep) char *deep = mem_printf("v = %s%s\n", open, close);
	_cleanup_(freep) char *deeper = mem_printf("v = [%s%s]\nw = ?\n", open, close);
	_cleanup_(freep) char *dots = repeated("a.", 64, "a = 1\n");
	_cleanup_(freep) char *more_dots = repeated("a.", 65, "a = 1\n");
	_cleanup_(freep) char *header =
		mem_printf("[%.*sa]\n[[b.%.*sa]]\n", 2 * 64, more_dots, 2 * 62, more_dots);

	CHECK_FAULTS(deep, "");
	CHECK_FAULTS(deeper, "1:69: arrays and tables are nested more than 64 levels deep\n"
			     "2:5: expected a value, found \"?\"");
	CHECK_FAULTS(dots, "");
	CHECK_FAULTS(more_dots, "1:129: arrays and tables are nested more than 64 levels deep");
	CHECK_FAULTS(header, "1:130: arrays and tables are nested more than 64 levels deep\n"
			     "2:129: arrays and tables are nested more than 64 levels deep");
}

static void documents_end_at_a_mebibyte(void)
{
	_cleanup_(freep) char *largest = repeated("\n", TOML_SIZE_MAX - 5, "a = 1");
	_cleanup_(freep) char *larger = repeated("\n", TOML_SIZE_MAX - 4, "a = 1");

	CHECK_FAULTS(largest, "");
	CHECK_FAULTS(larger, "0:0: the file is larger than 1048576 bytes");
}

static void faults_are_not_told_for_ever(void)
{
	_cleanup_(freep) char *document = repeated("a = {[\n", TOML_SIZE_MAX / 7, "");
	_cleanup_(parsed_release) struct parsed p = parse(document);

	CHECK_INT(p.faults.n, FAULTS_MAX);
	CHECK(p.root->damaged);
}

/* The largest documents of each shape take a fraction of a second; a quadratic parser a minute. */
static void large_documents_are_read_in_time(void)
{
	_cleanup_(text_release) struct text keys = {0}, list = {0}, tables = {0}, line = {0};
	const struct text *documents[] = {&keys, &list, &tables, &line};
	struct timespec before, after;

	for (unsigned i = 0; i < 100000; i++)
		text_addf(&keys, "k%x=1\n", i);
	text_add(&list, "v = [\n");
	for (unsigned i = 0; i < 200000; i++)
		text_add(&list, "'',\n");
	text_add(&list, "]\n");
	for (unsigned i = 0; i < 30000; i++)
		text_addf(&tables, "[t.x%x.y]\nk.l = {m = 1}\n", i);
	text_add(&line, "v=[");
	text_add_repeated(&line, "0,", 500000);
	text_add(&line, "]");
	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		struct parsed p;

		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
		p = parse_bytes(documents[i]->s, documents[i]->len);
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
		CHECK_INT(p.faults.n, 0);
		CHECK(p.root->n >= 1);
		CHECK(after.tv_sec - before.tv_sec < 10);
		parsed_release(&p);
	}
}

UNIT_TESTS(UNIT(integers_keep_all_their_bits), UNIT(floats_are_the_nearest_doubles),
	   UNIT(dates_and_times_come_in_one_spelling), UNIT(strings_mean_what_they_say),
	   UNIT(nul_bytes_are_characters), UNIT(nodes_know_where_they_are),
	   UNIT(members_keep_their_order), UNIT(what_is_incomplete_is_marked),
	   UNIT(one_mistake_gives_one_fault), UNIT(several_mistakes_are_all_told),
	   UNIT(nesting_ends_at_64), UNIT(documents_end_at_a_mebibyte),
	   UNIT(faults_are_not_told_for_ever), UNIT(large_documents_are_read_in_time))
