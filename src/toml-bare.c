// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Values that stand without quotes or brackets: booleans, numbers, dates and times. The whole
 * word is taken first and then judged, so that one fault is about all of it.
 *
 * The reading functions here move a pointer over what they read and return NULL, or why it is
 * wrong.
 */
#include "toml-internal.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "mem.h"

/* @n digits that make a number from @min to @max. */
static bool take_number(const char **s, unsigned n, unsigned min, unsigned max, unsigned *number)
{
	*number = 0;
	for (; n > 0; n--, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return false;
		*number = *number * 10 + (unsigned)(**s - '0');
	}
	return *number >= min && *number <= max;
}

static bool take_char(const char **s, const char *any_of)
{
	if (!**s || !strchr(any_of, **s))
		return false;
	(*s)++;
	return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
	static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

static const char *read_date(const char **s)
{
	unsigned year, month, day;

	if (take_number(s, 4, 0, 9999, &year) && take_char(s, "-") &&
	    take_number(s, 2, 1, 12, &month) && take_char(s, "-") &&
	    take_number(s, 2, 1, days_in(year, month), &day))
		return NULL;
	return "a date is YYYY-MM-DD, of a day that exists";
}

/* Second 60 is a leap second (RFC 3339, 5.7). */
static const char *read_time(const char **s)
{
	unsigned hour, minute, second;

	if (!take_number(s, 2, 0, 23, &hour) || !take_char(s, ":") ||
	    !take_number(s, 2, 0, 59, &minute) || !take_char(s, ":") ||
	    !take_number(s, 2, 0, 60, &second))
		return "a time is HH:MM:SS, from 00:00:00 to 23:59:59";
	if (take_char(s, ".")) {
		if (!isdigit((unsigned char)**s))
			return "a digit is missing after the point";
		while (isdigit((unsigned char)**s))
			(*s)++;
	}
	return NULL;
}

static const char *read_offset(const char **s)
{
	unsigned hour, minute;

	if (take_char(s, "Zz") || (take_char(s, "+-") && take_number(s, 2, 0, 23, &hour) &&
				   take_char(s, ":") && take_number(s, 2, 0, 59, &minute)))
		return NULL;
	return "an offset is Z or, say, +02:00";
}

static bool is_date(const char *s)
{
	return strspn(s, "0123456789") == 4 && s[4] == '-';
}

static bool is_time(const char *s)
{
	return strspn(s, "0123456789") == 2 && s[2] == ':';
}

static const char *read_datetime(const char **s, struct toml *v)
{
	const char *why;

	v->type = TOML_TIME_LOCAL;
	if (!is_date(*s))
		return read_time(s);
	v->type = TOML_DATE_LOCAL;
	why = read_date(s);
	if (why || !take_char(s, "Tt "))
		return why;
	v->type = TOML_DATETIME_LOCAL;
	why = read_time(s);
	if (why || !**s)
		return why;
	v->type = TOML_DATETIME;
	return read_offset(s);
}

/* The word @s without what may be written in several ways. */
static void set_datetime(struct toml *v, const char *s)
{
	v->string = mem_strdup(s);
	v->string_len = strlen(s);
	if (v->type == TOML_DATETIME || v->type == TOML_DATETIME_LOCAL)
		v->string[strlen("YYYY-MM-DD")] = 'T';
	if (v->string[v->string_len - 1] == 'z')
		v->string[v->string_len - 1] = 'Z';
}

static bool is_digit(char c, int base)
{
	if (base == 16)
		return isxdigit((unsigned char)c);
	return c >= '0' && c < '0' + base;
}

/* Digits, at least one, added to @clean without the underscores between them. */
static const char *read_digits(const char **s, int base, struct text *clean)
{
	if (!is_digit(**s, base) && **s != '_')
		return "a digit is missing";
	while (is_digit(**s, base)) {
		text_add_char(clean, *(*s)++);
		if (**s == '_' && is_digit((*s)[1], base))
			(*s)++;
	}
	return **s == '_' ? "an underscore stands between two digits only" : NULL;
}

/* What has no decimal point is an integer until an exponent shows up. */
static const char *read_decimal(const char **s, struct toml *v, struct text *clean)
{
	const char *first, *why;

	v->type = TOML_INTEGER;
	if (**s == '+' || **s == '-')
		text_add_char(clean, *(*s)++);
	first = *s;
	why = read_digits(s, 10, clean);
	if (why)
		return why;
	if (*first == '0' && *s - first > 1)
		return "a decimal number does not begin with 0";
	if (*first == '0' && **s && strchr("xobXOB", **s))
		return "0x, 0o and 0b are lower case and without a sign";
	if (**s == '.') {
		v->type = TOML_FLOAT;
		text_add_char(clean, *(*s)++);
		why = read_digits(s, 10, clean);
	}
	if (!why && (**s == 'e' || **s == 'E')) {
		v->type = TOML_FLOAT;
		text_add_char(clean, *(*s)++);
		if (**s == '+' || **s == '-')
			text_add_char(clean, *(*s)++);
		why = read_digits(s, 10, clean);
	}
	return why;
}

/* The program never sets a locale, so strtod() knows no other decimal point. */
static const char *read_number(const char **s, struct toml *v)
{
	_cleanup_(text_release) struct text clean = {0};
	int base = 10;
	const char *why;

	if ((*s)[0] == '0' && (*s)[1])
		base = (*s)[1] == 'x' ? 16 : (*s)[1] == 'o' ? 8 : (*s)[1] == 'b' ? 2 : 10;
	if (base == 10) {
		why = read_decimal(s, v, &clean);
	} else {
		v->type = TOML_INTEGER;
		*s += 2;
		why = read_digits(s, base, &clean);
	}
	if (why || **s)
		return why;
	if (v->type == TOML_FLOAT) {
		v->number = strtod(text_str(&clean), NULL);
		return NULL;
	}
	errno = 0;
	v->integer = strtoll(text_str(&clean), NULL, base);
	return errno == ERANGE ? "an integer has 64 bits, with its sign" : NULL;
}

/* The words that are values. */
static bool read_name(const char *s, struct toml *v)
{
	const char *unsigned_name = s + (*s == '+' || *s == '-');

	v->type = TOML_BOOLEAN;
	v->boolean = !strcmp(s, "true");
	if (v->boolean || !strcmp(s, "false"))
		return true;
	v->type = TOML_FLOAT;
	v->number = strcmp(unsigned_name, "inf") ? (double)NAN : (double)INFINITY;
	if (*s == '-')
		v->number = -v->number;
	return !strcmp(unsigned_name, "inf") || !strcmp(unsigned_name, "nan");
}

/* Whether @s would be one of them in lower case. */
static bool is_misspelt_name(const char *s)
{
	static const char *const names[] = {"true", "false", "inf", "nan"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcasecmp(s + (*s == '+' || *s == '-'), names[i]))
			return true;
	return false;
}

/* Why the word @s is no value; NULL if it is the one @v then has. */
static const char *read_word(const char *s, struct toml *v)
{
	bool dated = is_date(s) || is_time(s);
	const char *start = s, *why;

	if (read_name(s, v))
		return NULL;
	if (is_misspelt_name(s))
		return "true, false, inf and nan are lower case";
	if (isalpha((unsigned char)*s))
		return "a string stands in quotes";
	why = dated ? read_datetime(&s, v) : read_number(&s, v);
	if (!why && *s)
		why = dated ? "more follows a date or time: a string stands in quotes"
			    : "more follows a number: a string stands in quotes";
	if (!why && dated)
		set_datetime(v, start);
	return why;
}

enum toml_read toml_read_bare(struct toml_parser *p, struct toml *v)
{
	struct toml_mark mark = p->here.mark;
	size_t n = toml_word(p, 0, TOML_VALUE_WORD);
	_cleanup_(freep) char *shown = NULL;
	const char *why;

	if (n == 0) {
		shown = toml_found(p);
		TOML_FAULT(p, mark, "expected a value, found %s", shown);
		return TOML_LOST;
	}
	p->scratch.len = 0;
	text_add_bytes(&p->scratch, p->here.at, n);
	/* A date and a time with a space between them are one value. */
	if (n == strlen("YYYY-MM-DD") && is_date(p->scratch.s) && toml_peek(p, n) == ' ' &&
	    isdigit(toml_peek(p, n + 1))) {
		size_t more = 1 + toml_word(p, n + 1, TOML_VALUE_WORD);

		text_add_bytes(&p->scratch, p->here.at + n, more);
		n += more;
	}
	toml_skip(p, n);
	why = read_word(p->scratch.s, v);
	if (!why)
		return TOML_READ;
	shown = toml_shown(p->scratch.s, p->scratch.len);
	TOML_FAULT(p, mark, "%s is not a value: %s", shown, why);
	return TOML_BAD;
}
