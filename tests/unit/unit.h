/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a unit test is made of. A program holds tests, a test holds checks:
 *
 *	static void sizes_add_up(void)
 *	{
 *		CHECK(is_power_of_two(2 * MIB));
 *		CHECK_INT(align_up(4097, 4096), 8192);
 *		CHECK_STR(SIZE_EXACT(KIB), "1KiB");
 *	}
 *
 *	UNIT_TESTS(UNIT(sizes_add_up), UNIT(sizes_do_not_wrap))
 *
 * It prints TAP, "ok 1 - sizes add up", and for a check that fails where it stands, what was
 * expected and what was found. A failed check does not end its test; each CHECK is true if it
 * held, for `if (!CHECK(p)) return;`. A test without checks has failed. The status is 0 only if
 * all passed. Arguments select tests whose names contain one of them.
 */
#ifndef RAMDAX_UNIT_H
#define RAMDAX_UNIT_H

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "cleanup.h"

struct unit {
	const char *name; /* of the function; shown with spaces for underscores */
	void (*run)(void);
};

static unsigned unit_checks; /* made so far */
static unsigned unit_failed; /* of them */

static inline bool unit_check(bool held, const char *file, int line, const char *format, ...)
	_printf_(4, 5);

static inline bool unit_check(bool held, const char *file, int line, const char *format, ...)
{
	va_list args;

	unit_checks++;
	if (held)
		return true;
	unit_failed++;
	printf("# %s:%d: ", file, line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	return false;
}

static inline bool unit_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

#define CHECK(condition) unit_check((condition), __FILE__, __LINE__, "%s", #condition)

/* Integers, compared as 64 bits with a sign; sizes that need the 64th bit read the same there. */
#define CHECK_INT(found, expected)                                                             \
	({                                                                                     \
		int64_t _found = (int64_t)(found), _expected = (int64_t)(expected);            \
		unit_check(_found == _expected, __FILE__, __LINE__,                            \
			   "%s is %" PRId64 ", expected %" PRId64, #found, _found, _expected); \
	})

/* Strings; NULL equals only NULL. */
#define CHECK_STR(found, expected)                                                        \
	({                                                                                \
		const char *_found = (found), *_expected = (expected);                    \
		unit_check(unit_same(_found, _expected), __FILE__, __LINE__,              \
			   "%s is\n#   \"%s\", expected\n#   \"%s\"", #found,             \
			   _found ? _found : "(null)", _expected ? _expected : "(null)"); \
	})

/* @n bytes; says where the first difference is. */
#define CHECK_BYTES(found, expected, n)                                              \
	({                                                                           \
		const unsigned char *_found = (const void *)(found);                 \
		const unsigned char *_expected = (const void *)(expected);           \
		size_t _n = (n), _i = 0;                                             \
		while (_i < _n && _found[_i] == _expected[_i])                       \
			_i++;                                                        \
		unit_check(_i == _n, __FILE__, __LINE__,                             \
			   "%s: byte %zu is 0x%02x, expected 0x%02x", #found, _i,    \
			   _i < _n ? _found[_i] : 0U, _i < _n ? _expected[_i] : 0U); \
	})

static inline bool unit_selected(const char *name, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (strstr(name, argv[i]))
			return true;
	return argc < 2;
}

/* Runs test @number. True if it passed. */
static inline bool unit_run(const struct unit *test, unsigned number)
{
	unsigned checks = unit_checks, failed = unit_failed;
	bool passed;

	test->run();
	if (unit_checks == checks)
		printf("# %s checks nothing\n", test->name);
	passed = unit_checks > checks && unit_failed == failed;
	printf("%s %u - ", passed ? "ok" : "not ok", number);
	for (const char *c = test->name; *c; c++)
		putchar(*c == '_' ? ' ' : *c);
	printf("\n");
	return passed;
}

static inline int unit_main(const struct unit *tests, size_t n, int argc, char **argv)
{
	unsigned ran = 0, passed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < n; i++)
		if (unit_selected(tests[i].name, argc, argv))
			passed += unit_run(&tests[i], ++ran);
	printf("1..%u\n# %u checks, %u failed\n", ran, unit_checks, unit_failed);
	return ran > 0 && passed == ran ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define UNIT(function)              \
	{                           \
#function, function \
	}
#define UNIT_TESTS(...)                                                 \
	int main(int argc, char **argv)                                 \
	{                                                               \
		static const struct unit tests[] = {__VA_ARGS__};       \
                                                                        \
		return unit_main(tests, ARRAY_SIZE(tests), argc, argv); \
	}

#endif
