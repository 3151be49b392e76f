// SPDX-License-Identifier: GPL-2.0-or-later
/* The TOML parser: what is said about what is wrong, and that it ends in time. */
#include <time.h>

#include "toml-tools.h"

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

UNIT_TESTS(UNIT(what_is_incomplete_is_marked), UNIT(one_mistake_gives_one_fault),
	   UNIT(several_mistakes_are_all_told), UNIT(nesting_ends_at_64),
	   UNIT(documents_end_at_a_mebibyte), UNIT(faults_are_not_told_for_ever),
	   UNIT(large_documents_are_read_in_time))
