// SPDX-License-Identifier: GPL-2.0-or-later
#include "mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#define PAGE ((size_t)4096)

void mem_exhausted(void)
{
	static const char message[] = "ramdax: out of memory\n";

	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		_exit(1);
	_exit(1);
}

void *mem_calloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);

	if (!p)
		mem_exhausted();
	return p;
}

void *mem_pages(size_t n)
{
	size_t pages = n ? (n - 1) / PAGE + 1 : 1;
	void *p = pages <= SIZE_MAX / PAGE ? aligned_alloc(PAGE, pages * PAGE) : NULL;

	if (!p)
		mem_exhausted();
	return p;
}

char *mem_strdup(const char *s)
{
	return s ? mem_strndup(s, strlen(s)) : NULL;
}

char *mem_strndup(const char *s, size_t n)
{
	char *copy = mem_calloc(n + 1, 1);

	memcpy(copy, s, n);
	return copy;
}

char *mem_printf(const char *format, ...)
{
	va_list args;
	char *s;
	int n;

	va_start(args, format);
	n = vasprintf(&s, format, args);
	va_end(args);
	if (n < 0)
		mem_exhausted();
	return s;
}

void *mem_append(void *array, size_t n, size_t size)
{
	void **p = array;

	if ((n & (n - 1)) == 0) {
		size_t capacity = n ? n * 2 : 1;
		void *grown = NULL;

		if (capacity > n)
			grown = reallocarray(*p, capacity, size);
		if (!grown)
			mem_exhausted();
		*p = grown;
	}
	return memset((char *)*p + n * size, 0, size);
}
