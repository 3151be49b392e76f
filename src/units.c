// SPDX-License-Identifier: GPL-2.0-or-later
#include "units.h"

#include <inttypes.h>
#include <string.h>

static const char unit_letters[] = "KMGTP";

bool checked_add(uint64_t a, uint64_t b, uint64_t *sum)
{
	uint64_t result;

	if (__builtin_add_overflow(a, b, &result))
		return false;
	*sum = result;
	return true;
}

bool checked_multiply(uint64_t a, uint64_t b, uint64_t *product)
{
	uint64_t result;

	if (__builtin_mul_overflow(a, b, &result))
		return false;
	*product = result;
	return true;
}

bool checked_align_up(uint64_t n, uint64_t align, uint64_t *aligned)
{
	if (n > UINT64_MAX - (align - 1))
		return false;
	*aligned = align_up(n, align);
	return true;
}

/* The digits at *@s in @base, *@s left behind the last. 0, -EINVAL (no digit), -ERANGE. */
static int digits_parse(const char **s, unsigned base, uint64_t *n)
{
	const char *start = *s;
	uint64_t value = 0;
	bool wrapped = false;

	for (;; (*s)++) {
		unsigned digit;

		if (**s >= '0' && **s <= '9')
			digit = (unsigned)(**s - '0');
		else if (base == 16 && (**s | 0x20) >= 'a' && (**s | 0x20) <= 'f')
			digit = (unsigned)((**s | 0x20) - 'a') + 10;
		else
			break;
		wrapped |= !checked_multiply(value, base, &value) ||
			   !checked_add(value, digit, &value);
	}
	if (*s == start)
		return -EINVAL;
	if (wrapped)
		return -ERANGE;
	*n = value;
	return 0;
}

int size_parse(const char *s, uint64_t *bytes)
{
	uint64_t value = 0;
	int r = digits_parse(&s, 10, &value);

	if (r == -EINVAL)
		return r;
	if (*s) {
		const char *unit = *s == 'k' ? unit_letters : strchr(unit_letters, *s);

		if (!unit)
			return -EINVAL;
		if (!strcmp(s + 1, "B"))
			return -EDOM;
		if (*s == 'k' || (s[1] && strcmp(s + 1, "iB") != 0))
			return -EINVAL;
		if (!r &&
		    !checked_multiply(value, UINT64_C(1024) << 10 * (unit - unit_letters), &value))
			r = -ERANGE;
	}
	if (!r)
		*bytes = value;
	return r;
}

int number_parse(const char *s, uint64_t *n)
{
	unsigned base = s[0] == '0' && (s[1] | 0x20) == 'x' ? 16 : 10;
	uint64_t value = 0;
	int r;

	s += base == 16 ? 2 : 0;
	r = digits_parse(&s, base, &value);
	if (r == -EINVAL || *s)
		return -EINVAL;
	if (!r)
		*n = value;
	return r;
}

const char *size_exact(uint64_t bytes, char buf[SIZE_TEXT_MAX])
{
	int unit = -1;

	while (bytes && unit < (int)strlen(unit_letters) - 1 && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(buf, SIZE_TEXT_MAX, "%" PRIu64, bytes);
	else
		snprintf(buf, SIZE_TEXT_MAX, "%" PRIu64 "%ciB", bytes, unit_letters[unit]);
	return buf;
}

const char *size_human(uint64_t bytes, char buf[SIZE_TEXT_MAX])
{
	uint64_t whole = bytes, scale = 1;
	int unit = -1;

	while (whole >= 1024 && unit < (int)strlen(unit_letters) - 1) {
		whole /= 1024;
		scale *= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(buf, SIZE_TEXT_MAX, "%" PRIu64 " B", bytes);
	else if (bytes % scale == 0 || whole >= 100)
		snprintf(buf, SIZE_TEXT_MAX, "%" PRIu64 " %ciB", whole, unit_letters[unit]);
	else
		snprintf(buf, SIZE_TEXT_MAX, "%.1f %ciB", (double)bytes / (double)scale,
			 unit_letters[unit]);
	return buf;
}
